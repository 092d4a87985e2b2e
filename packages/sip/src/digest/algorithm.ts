import { hash } from 'node:crypto';

/** The hash algorithms that are spoken (RFC 8760 §2.1), in the spelling of the `algorithm` parameter. */
export const digestAlgorithms = ['MD5', 'SHA-256'] as const;

/** One of {@link digestAlgorithms}. */
export type DigestAlgorithm = (typeof digestAlgorithms)[number];

const nodeNames = { MD5: 'md5', 'SHA-256': 'sha256' } as const satisfies Record<DigestAlgorithm, string>;

/** The hash in lower-case hex; a string counts as UTF-8. */
export function digestOf(algorithm: DigestAlgorithm, content: string | Uint8Array): string {
  return hash(nodeNames[algorithm], content, 'hex');
}

/** The algorithm that a parameter names, in any case; `-sess` binds HA1 to the nonce (RFC 7616 §3.4.2). */
export function readAlgorithm(
  text: string,
): { readonly algorithm: DigestAlgorithm; readonly session: boolean } | undefined {
  const upper = text.toUpperCase();
  const session = upper.endsWith('-SESS');
  const name = session ? upper.slice(0, -5) : upper;
  const algorithm = digestAlgorithms.find((known) => known === name);
  return algorithm && { algorithm, session };
}
