import type { Flow } from './socket/flow.ts';

/** Our Via on a request that leaves by a flow. */
export function viaValue(flow: Flow, branch: string): string {
  const { transport, advertised } = (flow.carrier ?? flow).listener;
  const rport = transport === 'udp' ? ';rport' : '';
  const alias = transport === 'tls' && flow.isOpened ? ';alias' : '';
  return `SIP/2.0/${transport.toUpperCase()} ${advertised};branch=${branch}${rport}${alias}`;
}
