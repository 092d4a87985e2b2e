import { computeHa1, type DigestAlgorithm } from '@tandem/sip';
import type { Secret } from './secret.ts';
import type { CredentialsSpec } from './user.ts';

/** What a user proves itself with, as the digest wants it. */
export interface Credential {
  /** HA1 in hex; undefined when it is not known for this name, realm and algorithm. Makes one hash, whatever is known. */
  ha1(algorithm: DigestAlgorithm, username: string, realm: string): string | undefined;
}

/** A password knows every HA1. None is kept: making one takes less than half a microsecond. */
export function passwordCredential(password: Secret): Credential {
  return {
    ha1: (algorithm, username, realm) => computeHa1(algorithm, username, realm, password.reveal()),
  };
}

/** Hashes hold for one name and one realm. */
export function hashCredential(
  hashes: NonNullable<CredentialsSpec['ha1']>,
  name: string,
  ownRealm: string,
): Credential {
  return {
    ha1: (algorithm, username, realm) => {
      // Nobody shall learn from the time of an answer which users there are, or how they are kept.
      computeHa1(algorithm, username, realm, name);
      return username === name && realm === ownRealm ? hashes[algorithm]?.reveal() : undefined;
    },
  };
}
