import type { Binding, BindingFlow } from './binding.ts';

/** What asking a phone over its flow has told. */
export interface Probe {
  readonly flow: Pick<BindingFlow, 'transport' | 'host' | 'port' | 'localPort' | 'localHost'>;
  /** Since when it does not answer; undefined when it does. */
  readonly unreachableSince?: number | undefined;
  /** Milliseconds that an answer has taken; undefined when none came. */
  readonly latency?: number | undefined;
}

/** The bindings with what is known of them now; undefined when none has the flow any more. */
export function withProbe(bindings: readonly Binding[], probe: Probe): Binding[] | undefined {
  if (!bindings.some(({ flow }) => isSameFlow(flow, probe.flow))) return undefined;
  return bindings.map((binding) =>
    isSameFlow(binding.flow, probe.flow) ? observed(binding, probe) : binding,
  );
}

function observed(binding: Binding, { unreachableSince, latency = binding.latency }: Probe): Binding {
  const { unreachableSince: _, ...rest } = binding;
  return {
    ...rest,
    ...(unreachableSince !== undefined && { unreachableSince }),
    ...(latency !== undefined && { latency }),
  };
}

export function isSameFlow(one: Probe['flow'], other: Probe['flow']): boolean {
  return (
    one.host === other.host &&
    one.port === other.port &&
    one.transport === other.transport &&
    one.localPort === other.localPort &&
    one.localHost === other.localHost
  );
}
