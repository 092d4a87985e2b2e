import { formatHostPort } from '@tandem/platform';
import type { Finding } from '../check.ts';
import { isInside, type Observation, type Seen } from './observation.ts';

/** What a check says, and what to do about it. */
export interface HopFinding extends Finding {
  readonly hint: string;
  /** It is wrong from wherever it is looked at. */
  readonly isCertain?: boolean;
}

const localPolicy = 'set externalTrafficPolicy: Local on the Service, or see which NAT is between';

/** Names the hop that is wrong between a doctor and an address that others are told; `what` is `OPTIONS` or `RTP`. */
export function judge(what: string, observation: Observation): HopFinding {
  const { answeredBy, node, seen, target } = observation;
  const stray = seen?.find((each) => node !== undefined && each.node !== node);
  if (stray && !seen?.some((each) => each.node === node)) return elsewhere(what, observation, stray);
  if (!answeredBy) return seen?.[0] ? lost(what, observation, seen[0]) : absent(what, observation);
  if (answeredBy.host !== target.host) return answeredElsewhere(what, observation, answeredBy.host);
  if (answeredBy.port !== target.port) return answeredByPort(what, observation, answeredBy.port);
  return sourceOf(what, observation);
}

/** Nothing has arrived, as far as anybody knows. */
function absent(what: string, { isPod, isWithin, seen, target }: Observation): HopFinding {
  const address = formatHostPort(target);
  if (isPod && !isWithin) {
    return {
      ok: false,
      value: `${address} is the address of a pod, which nobody outside reaches`,
      hint: 'Advertise an address of the node or of a load balancer: TANDEM_SIP_ADVERTISE, TANDEM_RTP_ADVERTISE.',
    };
  }
  const value = seen
    ? `${what} to ${address} arrives at no node of the cluster`
    : `no answer to ${what} from ${address}`;
  return {
    ok: false,
    value,
    hint: 'UDP is dropped on its way, nothing leads from there to a node (Service, DNAT), or the advertised address is wrong.',
  };
}

/** It came, and no answer did. */
function lost(what: string, { own, target }: Observation, seen: Seen): HopFinding {
  const source = formatHostPort({ host: seen.host, port: seen.sourcePort });
  const value = `${what} to ${formatHostPort(target)} arrives at ${seen.node} from ${source}, but its answer does not come back`;
  const isRewritten = seen.host !== own.host && isInside(seen.host);
  const hint = isRewritten
    ? `The source address is rewritten on the way in, and the answer goes astray: ${localPolicy}.`
    : 'It goes one way only: UDP that leaves the node is dropped (NetworkPolicy, firewall), or leaves by another way.';
  return { ok: false, value, hint };
}

function elsewhere(what: string, { node, target }: Observation, seen: Seen): HopFinding {
  return {
    ok: false,
    value: `${what} to ${formatHostPort(target)} arrives at ${seen.node}, which is not ${node}`,
    hint: 'Several share that address and port, or what is advertised belongs to another node: give each its own.',
    isCertain: true,
  };
}

function answeredElsewhere(what: string, { seen, target }: Observation, host: string): HopFinding {
  const where = seen?.[0] ? `arrives at ${seen[0].node}` : 'is answered';
  return {
    ok: false,
    value: `${what} to ${formatHostPort(target)} ${where}, but its answer comes from ${host} instead of ${target.host}`,
    hint: `The source address of what leaves is rewritten, or it leaves by another way than it came: ${localPolicy}.`,
  };
}

function answeredByPort(what: string, { target }: Observation, port: number): HopFinding {
  return {
    ok: false,
    value: `the answer to ${what} comes from port ${port} instead of ${formatHostPort(target)}`,
    hint: 'A NAT on the way out (conntrack, SNAT) gives the answer another port: what comes has to leave by the same translation.',
  };
}

/** All is well, unless whoever sends is not known by its own address. */
function sourceOf(what: string, { isWithin, own, seen }: Observation): HopFinding {
  const first = seen?.[0];
  if (!first) return { ok: true, value: 'answered', hint: '' };
  const source = formatHostPort({ host: first.host, port: first.sourcePort });
  const value = `answered by ${first.node}, which sees ${source}`;
  if (isWithin || first.host === own.host || !isInside(first.host)) return { ok: true, value, hint: '' };
  return {
    ok: false,
    value: `${what} arrives at ${first.node} from ${source} instead of ${own.host}`,
    hint: `The source address is rewritten on the way in, so that bans, trunks by address and media go wrong: ${localPolicy}.`,
  };
}
