import type { event, router } from '@tandem/contract';

/** What a router decided, and behind it a line for each step that led there. */
export function describeVerdict({ key }: router.Request, verdict: router.Verdict): string {
  const { decision, explanation } = verdict;
  const steps = explanation.map(({ rule, finding }) => `${rule}: ${finding}`);
  switch (decision?.$case) {
    case 'relay':
      return [`relay, call ${key}`, ...steps, ...decision.value.groups.map(describeGroup)].join('\n');
    case 'reject':
      return [`refuse with ${decision.value.status}, ${decision.value.fault}`, ...steps].join('\n');
    case 'challenge':
      return [`challenge with ${decision.value.status}, ${decision.value.fault}`, ...steps].join('\n');
    default:
      return [decision?.$case ?? 'no decision', ...steps].join('\n');
  }
}

/** How a call ended. */
export function describeEnd(ended: event.CallEnded): string {
  const { answeredMs, endedMs, fault, outcome, releasedBy, status } = ended;
  const length = answeredMs === 0 ? 'not answered' : `${((endedMs - answeredMs) / 1000).toFixed(1)} s`;
  const first = `ended by ${releasedBy}: ${status}, ${outcome}${fault && `, ${fault}`}, ${length}`;
  const { packetsFromCaller, packetsFromCallee, lostFromCaller, lostFromCallee } = ended;
  if (packetsFromCaller + packetsFromCallee === 0) return first;
  return [
    first,
    `caller: ${packetsFromCaller} RTP packets, ${lostFromCaller} lost, jitter ${milliseconds(ended.jitterFromCallerUs)}`,
    `callee: ${packetsFromCallee} RTP packets, ${lostFromCallee} lost, jitter ${milliseconds(ended.jitterFromCalleeUs)}`,
  ].join('\n');
}

function describeGroup({ targets, ringTimeout }: router.Group): string {
  return `ring ${targets.map(({ uri }) => uri).join(' and ')} for ${ringTimeout} s`;
}

function milliseconds(microseconds: number): string {
  return `${(microseconds / 1000).toFixed(1)} ms`;
}
