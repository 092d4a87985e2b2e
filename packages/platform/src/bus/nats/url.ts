import { Secret } from '@tandem/resource';
import { Fault } from '@tandem/sip';
import type { z } from 'zod';
import { readBy } from '../../settings/schema.ts';
import { parseServers } from './server.ts';

/** URLs of one or more servers with commas between; a secret, since a password may be in them. */
export const natsUrl: z.ZodType<Secret, string> = readBy(
  'must be a list of URLs with nats:// or tls://, such as nats://nats-0:4222,nats://nats-1:4222',
  (text) => {
    const list = text
      .split(',')
      .map((part) => part.trim())
      .join(',');
    return isReadable(list) ? new Secret(list) : undefined;
  },
);

function isReadable(list: string): boolean {
  try {
    return parseServers(list).length > 0;
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
}
