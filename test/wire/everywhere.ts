import type { EdgeSettings } from '@tandem/edge';
import type { IssuedFiles } from '../harness/authority.ts';
import { type Carrier, webSocketPort } from '../harness/wire.ts';

/** Where an edge listens for phones of each kind. */
export const ports: Readonly<Record<Carrier | 'wss', number>> = {
  udp: 5060,
  tcp: 5060,
  tls: 5061,
  ws: webSocketPort,
  wss: 7443,
};

/** What an edge is told to speak all of it; TLS where it has a certificate. */
export function everyTransport(host: string, issued?: IssuedFiles): Partial<EdgeSettings> {
  const schemes = ['udp', 'tcp', 'ws', ...(issued ? (['tls', 'wss'] as const) : [])] as const;
  return {
    sipListen: schemes.map((scheme) => ({ scheme, host, port: ports[scheme] })),
    ...(issued && { sipTlsCertificate: [issued.certificate], sipTlsKey: [issued.key] }),
  };
}
