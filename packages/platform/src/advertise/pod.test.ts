import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { refusePodAddresses, whereaboutsOf } from './pod.ts';

const unset = { podAddresses: undefined, hostAddresses: undefined, advertisePod: 'off' } as const;
const pod = { ...unset, podAddresses: ['10.2.3.4', 'fd00::4'] };
const own = Object.values(networkInterfaces())
  .flatMap((each) => each ?? [])
  .filter(({ internal }) => !internal)
  .map(({ address }) => address);

describe("an address that is the pod's alone", () => {
  it.each([
    ['is refused', ['10.2.3.4'], pod, '10.2.3.4'],
    ['is refused beside others', ['203.0.113.5', 'fd00::4'], pod, 'fd00::4'],
  ])('%s', (_, hosts, settings, named) => {
    expect(() => refusePodAddresses('TANDEM_SIP_ADVERTISE', hosts, settings)).toThrow(
      `advertised-pod-address: TANDEM_SIP_ADVERTISE: ${named}`,
    );
  });

  it.each([
    ['of a node', ['203.0.113.5'], pod],
    ['of the host network', ['10.2.3.4'], { ...pod, hostAddresses: ['10.2.3.4'] }],
    ['that is allowed', ['10.2.3.4'], { ...pod, advertisePod: 'on' as const }],
    ['outside a cluster', ['10.2.3.4'], unset],
  ])('is not one %s', (_, hosts, settings) => {
    expect(() => refusePodAddresses('TANDEM_SIP_ADVERTISE', hosts, settings)).not.toThrow();
  });

  it('is one of this machine where only Kubernetes says that this is a pod', () => {
    const inPod = whereaboutsOf(unset, { KUBERNETES_SERVICE_HOST: '10.96.0.1' });
    expect(inPod).toEqual({ pod: own, host: [] });
    expect(whereaboutsOf(unset, {})).toEqual({ pod: [], host: [] });
  });
});
