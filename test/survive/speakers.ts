import { Baresip, connectPhones } from '../harness/baresip.ts';
import type { Cluster } from '../harness/cluster.ts';
import { expectTwoTone } from '../harness/two-tone.ts';
import { nextAccount } from '../wire/acme.ts';

const TONES = [440, 1000] as const;

async function phone(cluster: Cluster, tone: number): Promise<Baresip> {
  const account = nextAccount();
  const host = await cluster.network.host(`baresip ${account.user}`);
  const baresip = await Baresip.start(host, { ...account, proxy: cluster.proxy, tone });
  await baresip.register();
  return baresip;
}

/** Two baresips in a call, each of which says a tone of its own. */
export class Speakers {
  readonly #caller: Baresip;
  readonly #callee: Baresip;

  private constructor(caller: Baresip, callee: Baresip) {
    this.#caller = caller;
    this.#callee = callee;
  }

  static async connect(cluster: Cluster): Promise<Speakers> {
    const [caller, callee] = await Promise.all([phone(cluster, TONES[0]), phone(cluster, TONES[1])]);
    await connectPhones(caller, callee);
    await expectTwoTone(caller, callee);
    return new Speakers(caller, callee);
  }

  /** Both hear the other from now on. */
  async expectHeard(): Promise<void> {
    await expectTwoTone(this.#caller, this.#callee, 'now');
  }

  async conclude(): Promise<void> {
    await this.#callee.hangup();
    await this.#caller.closed();
  }
}
