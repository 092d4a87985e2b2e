import type { router } from '@tandem/contract';
import type { Binding } from '@tandem/location';
import { isBehindNat } from '@tandem/sip';

/** What there is to know of phones that only the datagrams of their registration lead to. */
export function natSteps(bindings: readonly Binding[], now: number): router.Step[] {
  return bindings
    .filter(({ contact, flow }) => flow.transport === 'udp' && isBehindNat(contact, flow))
    .map((binding) => ({ rule: 'nat', finding: describe(binding, now) }));
}

/** `sip:1002@10.0.0.5 is seen at 192.0.2.1:40000, bound 131 s ago, not kept alive`. */
function describe(binding: Binding, now: number): string {
  const { contact, flow, updatedAt } = binding;
  return `${contact} is seen at ${flow.host}:${flow.port}, bound ${seconds(now - updatedAt)} ago, ${kept(binding, now)}`;
}

function kept({ keepAlive, unreachableSince }: Binding, now: number): string {
  if (keepAlive === undefined) return 'not kept alive';
  if (unreachableSince !== undefined) return `silent for ${seconds(now - unreachableSince)}`;
  return `asked every ${keepAlive} s`;
}

function seconds(ms: number): string {
  return `${Math.max(0, Math.round(ms / 1_000))} s`;
}
