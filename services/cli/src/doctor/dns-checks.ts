import { askResolver, type ResolvConf, readResolvConf } from '@tandem/edge';
import { formatHostPort, type HostPort } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import type { Check, Finding } from './check.ts';

/** Milliseconds after which an edge gives a question up. */
const timeout = 1_500;
/** What each resolver knows, whatever is beyond it (RFC 6761 §6.3). */
const question = { type: 'A', name: 'localhost' } as const;

/** Who is asked for names, and what is made of short ones. */
export interface NameService extends ResolvConf {
  /** Whether somebody has chosen them, so that they have to be there; a laptop needs none. */
  readonly areChosen: boolean;
}

/** That of an edge on this machine. */
export function nameService(
  chosen: readonly HostPort[] | undefined,
  machine: ResolvConf = readResolvConf(),
): NameService {
  return { ...machine, servers: chosen ?? machine.servers, areChosen: chosen !== undefined };
}

/** Whether each resolver answers. */
export function dnsChecks({ areChosen, servers }: NameService): readonly Check<NameService>[] {
  return [...servers.map((server) => answers(server, !areChosen)), searchDomains];
}

function answers(server: HostPort, advisory: boolean): Check<NameService> {
  return {
    name: formatHostPort(server),
    layer: 'dns',
    hint: 'Calls to names, such as those of carriers, take longer or fail: look at TANDEM_DNS_SERVERS or resolv.conf.',
    advisory,
    run: () => ask(server),
  };
}

async function ask(server: HostPort): Promise<Finding> {
  const signal = AbortSignal.timeout(timeout);
  const begin = performance.now();
  const after = (): string => `after ${(performance.now() - begin).toFixed(1)} ms`;
  try {
    await askResolver(server, question, signal);
    return { ok: true, value: `answers ${after()}` };
  } catch (error) {
    if (signal.aborted) return { ok: false, value: `no answer within ${timeout / 1_000} s` };
    return {
      ok: false,
      value: `${error instanceof Fault ? error.detail : (error as Error).message} ${after()}`,
    };
  }
}

const searchDomains: Check<NameService> = {
  name: 'search domains',
  layer: 'dns',
  hint: '',
  run: async ({ ndots, search }) => {
    const which = ndots === 1 ? 'names without a dot' : `names with fewer than ${ndots} dots`;
    return { ok: true, value: search.length === 0 ? 'none' : `${search.join(', ')} for ${which}` };
  },
};
