import { join } from 'node:path';
import type { Network } from '../harness/network.ts';
import { Sipp, type SippResult } from '../harness/sipp.ts';
import { nextAccount } from '../wire/acme.ts';
import { bind, calling } from '../wire/desk.ts';
import type { Account } from '../wire/phone.ts';

/** Longer than a call of the scenario lasts when its media has moved twice. */
const DEADLINE = 60_000;

function scenario(name: 'uac-held' | 'uas-held'): string {
  return join(import.meta.dirname, 'scenarios', `${name}.xml`);
}

interface Site {
  readonly network: Network;
  readonly proxy: string;
}

/** A sipp that answers calls to a user, and agrees to every change of the session. */
export async function answering({ network, proxy }: Site, account: Account): Promise<Sipp> {
  const host = await network.host(`sipp ${account.user}`);
  await bind(host, proxy, account);
  return Sipp.start(host, { scenario: scenario('uas-held') });
}

/** A sipp that calls a user, and hangs up 12 s after the last change of the session. */
export async function calls({ network, proxy }: Site, callee: Account, count: number): Promise<Sipp> {
  const caller = nextAccount();
  const host = await network.host(`sipp ${caller.user}`);
  const asked = { scenario: scenario('uac-held'), remote: proxy, calls: count, limit: count, rate: count };
  return Sipp.start(host, { ...asked, ...calling(caller, callee) });
}

/** Calls between two sipps: they hang up by themselves, and throw unless all was as in the scenarios. */
export class Held {
  readonly #uac: Sipp;
  readonly #uas: Sipp;

  private constructor(uac: Sipp, uas: Sipp) {
    this.#uac = uac;
    this.#uas = uas;
  }

  static async begin(site: Site, count: number): Promise<Held> {
    const callee = nextAccount();
    const uas = await answering(site, callee);
    return new Held(await calls(site, callee, count), uas);
  }

  async conclude(): Promise<SippResult> {
    const result = await this.#uac.succeed(DEADLINE);
    const answered = await this.#uas.stop();
    if (answered.failed > 0) throw new Error(answered.errors);
    return result;
  }
}
