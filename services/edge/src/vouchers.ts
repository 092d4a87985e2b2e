import type { router } from '@tandem/contract';
import type { Flow } from './socket/flow.ts';

/** Who has registered over which connection: it speaks for its user from then on (design §2). */
export class Vouchers {
  readonly #users = new Map<number, router.Identity | 'several'>();

  /** Only a connection vouches: the source of a datagram can be forged. */
  registered(flow: Flow, identity: router.Identity | undefined, vouches: boolean): void {
    if (flow.connection === 0 || !identity) return;
    const known = this.#users.get(flow.connection);
    if (known === 'several') return;
    const same = known === undefined || (known.tenant === identity.tenant && known.user === identity.user);
    if (!same) this.#users.set(flow.connection, 'several');
    else if (vouches) this.#users.set(flow.connection, identity);
    else this.#users.delete(flow.connection);
  }

  /** The user that a connection speaks for; undefined when there is none, or more than one. */
  voucher(flow: Flow): router.Identity | undefined {
    const known = this.#users.get(flow.connection);
    return known === 'several' ? undefined : known;
  }

  ended(flow: Flow): void {
    this.#users.delete(flow.connection);
  }
}
