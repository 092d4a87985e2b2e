import { randomBytes } from 'node:crypto';
import type { edge } from '@tandem/contract';
import { outboundRoute, type Trunk } from '@tandem/resource';
import { registrationTarget } from './target.ts';

/** An OPTIONS in the name of a trunk: rings nobody, and costs nothing. `patienceMs` is how long its peer may be silent. */
export function optionsTo(trunk: Trunk, uri: string, patienceMs: number): edge.Ask {
  const { endpoint, tenant } = trunk;
  const own = `sip:${endpoint.fromDomain ?? tenant.domains[0] ?? 'tandem.invalid'}`;
  const from = registrationTarget(trunk)?.aor ?? own;
  const callId = randomBytes(12).toString('hex');
  return {
    ...{ method: 'OPTIONS', uri, route: [...outboundRoute(trunk)], cseq: 1, callId, patienceMs },
    ...{ from: `<${from}>;tag=${callId.slice(0, 8)}`, to: `<${uri}>` },
    headers: [
      { name: 'Accept', value: 'application/sdp' },
      { name: 'User-Agent', value: 'tandem' },
    ],
  };
}
