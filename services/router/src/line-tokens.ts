import { lineToken, type Snapshot, type Trunk } from '@tandem/resource';
import type { HmacKey } from '@tandem/sip';

/** Finds trunks by the tokens that their registrars were told in our Contacts. */
export class LineTokens {
  readonly #key: HmacKey;
  #of: Snapshot | undefined;
  #trunks: ReadonlyMap<string, Trunk> = new Map();

  constructor(key: HmacKey) {
    this.#key = key;
  }

  /** Of a trunk that registers with a token, whether it is enabled or not. */
  trunk(snapshot: Snapshot, token: string): Trunk | undefined {
    if (snapshot !== this.#of) this.#trunks = new Map(this.#all(snapshot));
    this.#of = snapshot;
    return this.#trunks.get(token);
  }

  *#all(snapshot: Snapshot): Iterable<readonly [string, Trunk]> {
    for (const trunk of snapshot.trunks()) {
      const { name, registration, tenant } = trunk;
      if (registration?.enabled && registration.line) yield [lineToken(this.#key, tenant.name, name), trunk];
    }
  }
}
