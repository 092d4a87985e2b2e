import { join } from 'node:path';
import type { Host } from '../harness/host.ts';
import { credentials, Sipp, type SippOptions } from '../harness/sipp.ts';
import { domain } from './acme.ts';
import type { Account } from './phone.ts';

/** A scenario of this folder. */
export function scenario(name: string): string {
  return join(import.meta.dirname, 'scenarios', `${name}.xml`);
}

/** Registers port 5060 of a host, so that a sipp which listens there is a phone of the user. */
export async function bind(host: Host, remote: string, { user, password }: Account): Promise<void> {
  const lines = [[user, credentials(user, password)]];
  const register = { scenario: 'register', remote, lines, calls: 1, keys: { domain }, digestUri: domain };
  await (await Sipp.start(host, register)).succeed();
}

/** What a sipp is told that calls as one user another. */
export function calling(
  caller: Account,
  callee: Account,
): Pick<SippOptions, 'service' | 'keys' | 'user' | 'password' | 'digestUri'> {
  const { user, password } = caller;
  const digestUri = `${callee.user}@${domain}`;
  return { service: callee.user, keys: { caller: user, domain }, user, password, digestUri };
}
