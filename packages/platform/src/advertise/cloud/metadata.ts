import { Fault } from '@tandem/sip';
import { addressNotFound } from '../../faults.ts';
import { textOf } from '../../http/body.ts';

/** Where every cloud has its metadata service (RFC 3927 address, never beyond the machine's own link). */
export const metadataService = 'http://169.254.169.254';

/** Milliseconds that all questions to one cloud may take together. */
const deadline = 3_000;
/** An instance with hundreds of addresses says less. */
const maxAnswer = 65_536;

/** What asks the metadata service of a machine. */
export interface Metadata {
  /** The text behind a path; undefined where there is none of that (404). Rejects with a Fault. */
  readonly read: (
    path: string,
    headers?: Readonly<Record<string, string>>,
    method?: 'GET' | 'PUT',
  ) => Promise<string | undefined>;
}

/** Asks for at most three seconds from now on. */
export function openMetadata(base: string): Metadata {
  const signal = AbortSignal.timeout(deadline);
  return {
    read: async (path, headers = {}, method = 'GET') => {
      try {
        const response = await fetch(base + path, { method, headers, signal, redirect: 'error' });
        const text = await textOf(response.body ?? [], maxAnswer);
        if (text === undefined)
          throw new Fault(addressNotFound, `${path}: the answer has more than ${maxAnswer} octets`);
        if (response.ok) return text.trim();
        if (response.status === 404) return undefined;
        throw new Fault(addressNotFound, `${path}: HTTP ${response.status}`);
      } catch (error) {
        if (error instanceof Fault) throw error;
        throw new Fault(addressNotFound, `${path}: ${reason(error, signal)}`, { cause: error });
      }
    },
  };
}

function reason(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return `nothing within ${deadline / 1_000} s`;
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? cause.message : String(error);
}
