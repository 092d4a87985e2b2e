import { Secret } from '@tandem/resource';
import type { z } from 'zod';
import { readBy } from './schema.ts';

/** URLs of one or more servers with commas between; a secret, since a password may be in them. */
export function serverUrls(schemes: readonly string[], example: string): z.ZodType<Secret, string> {
  return readBy(
    `must be a list of URLs with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}, such as ${example}`,
    (text) => {
      const urls = text.split(',').map((part) => part.trim());
      return urls.every((url) => isServer(url, schemes)) ? new Secret(urls.join(',')) : undefined;
    },
  );
}

function isServer(text: string, schemes: readonly string[]): boolean {
  const url = URL.parse(text);
  return url !== null && schemes.includes(url.protocol.slice(0, -1)) && url.hostname !== '';
}
