import { networkInterfaces } from 'node:os';
import { Fault } from '@tandem/sip';
import { advertisedPodAddress } from '../faults.ts';
import type { SharedSettings } from '../settings/shared.ts';

type PodSettings = Pick<SharedSettings, 'podAddresses' | 'hostAddresses' | 'advertisePod'>;

/** Where this process runs, as far as the addresses are concerned that are the pod's alone. */
export interface Whereabouts {
  /** Those of the pod; empty outside a cluster. */
  readonly pod: readonly string[];
  /** Those of its node: with host networking the pod has them as well. */
  readonly host: readonly string[];
}

/** Kubernetes says that a process is in a cluster by a variable; whose addresses are whose, only when it is told to. */
export function whereaboutsOf(
  { podAddresses, hostAddresses }: PodSettings,
  env: NodeJS.ProcessEnv = process.env,
): Whereabouts {
  const host = hostAddresses ?? [];
  if (podAddresses) return { pod: podAddresses, host };
  return { pod: env.KUBERNETES_SERVICE_HOST ? ownAddresses() : [], host };
}

/** Refuses to tell those outside an address that only the cluster knows: throws `advertised-pod-address`. */
export function refusePodAddresses(
  setting: string,
  hosts: readonly string[],
  settings: PodSettings,
  { pod, host }: Whereabouts = whereaboutsOf(settings),
): void {
  if (settings.advertisePod === 'on') return;
  const wrong = hosts.filter((each) => pod.includes(each) && !host.includes(each));
  if (wrong.length > 0) throw new Fault(advertisedPodAddress, `${setting}: ${wrong.join(', ')}`);
}

function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return all.filter(({ internal }) => !internal).map(({ address }) => address);
}
