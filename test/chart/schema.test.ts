import { expect, it } from 'vitest';
import { needs } from '../harness/needs.ts';
import { refusal, type Values } from './chart.ts';

const describe = needs('helm');

/** Values, and what helm names of them. */
const refused: readonly (readonly [Values, string])[] = [
  [{ 'edge.prot': 1 }, 'prot'],
  [{ egde: {} }, 'egde'],
  [{ 'edge.listeners.sctp': 5060 }, 'sctp'],
  [{ 'edge.listeners.udp': 506 }, '/edge/listeners/udp'],
  [{ 'edge.expose': 'nodePort' }, '/edge/expose'],
  [{ 'edge.workload.merg': {} }, 'merg'],
  [{ 'edge.workload.patch': [{ op: 'put', path: '/spec' }] }, '/edge/workload/patch/0/op'],
  [{ 'edge.settings.TANDEM_SIP_LISEN': 'udp://0.0.0.0:5060' }, 'TANDEM_SIP_LISEN'],
  [{ 'settings.TANDEM_LOG_LEVEL': { valueFor: {} } }, 'TANDEM_LOG_LEVEL'],
  [{ region: 'a.b' }, '/region'],
  [{ 'media.ports.from': 70_000 }, '/media/ports/from'],
  [{ 'etcd.replicas': 2 }, '/etcd/replicas'],
  [{ 'tls.certManager.issuerRef.nam': 'x' }, 'nam'],
  [{ 'networkPolicy.nodes': ['10.0.0.1'] }, '/networkPolicy/nodes/0'],
  [{ ipFamilies: [] }, '/ipFamilies'],
];

/** Values that lack one, and the one that is named. */
const missing: readonly (readonly [Values, string])[] = [
  [{ 'edge.expose': 'loadBalancer' }, 'edge.address is missing'],
  [{ 'edge.expose': 'hostNetwork' }, 'networkPolicy.nodes is missing'],
  [{ 'media.expose': 'hostNetwork' }, 'networkPolicy.nodes is missing'],
  [{ 'media.kind': 'DaemonSet' }, 'media.kind DaemonSet needs media.expose hostNetwork'],
  [{ 'media.ports': { from: 20_000, to: 10_000 } }, 'media.ports.to is lower'],
  [{ 'nats.enabled': false }, 'nats.external.secretName is missing'],
  [{ 'redis.enabled': false }, 'redis.external.secretName is missing'],
  [{ 'etcd.enabled': false }, 'etcd.external.secretName is missing'],
  [{ 'edge.listeners': { udp: 0, tcp: 0 } }, 'edge.listeners is missing'],
  [{ 'tls.certManager.enabled': true }, 'tls.certManager.issuerRef.name is missing'],
  [{ 'tls.certManager.enabled': true }, 'tls.certManager.dnsNames is missing'],
];

describe('values of the chart', () => {
  // PJ-12
  it.each(refused)('are refused by the schema: %j', async (values, named) => {
    const complaint = await refusal(values);
    expect(complaint).toContain("values don't meet the specifications of the schema");
    expect(complaint).toContain(named);
  });

  // W-65
  it.each(missing)('that lack something are refused by name: %j', async (values, named) => {
    expect(await refusal(values)).toContain(`\n- ${named}`);
  });

  it('that lack several things are told all of them at once', async () => {
    const complaint = await refusal({ 'edge.expose': 'loadBalancer', 'nats.enabled': false });
    expect(complaint).toContain('edge.address is missing');
    expect(complaint).toContain('nats.external.secretName is missing');
  });
});
