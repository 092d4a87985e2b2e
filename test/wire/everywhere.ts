import type { EdgeSettings } from '@tandem/edge';
import { type Carrier, webSocketPort } from '../harness/wire.ts';

/** Where an edge listens for phones of each kind. */
export const ports: Readonly<Record<Carrier, number>> = { udp: 5060, tcp: 5060, ws: webSocketPort };

export function everyTransport(host: string): Pick<EdgeSettings, 'sipListen'> {
  const schemes = ['udp', 'tcp', 'ws'] as const;
  return { sipListen: schemes.map((scheme) => ({ scheme, host, port: ports[scheme] })) };
}
