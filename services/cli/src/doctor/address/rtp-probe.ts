import { type HostPort, probedPort, probePacket } from '@tandem/platform';
import { soon } from '../within.ts';
import { OpenSocket } from './udp.ts';

/** Milliseconds in which what is sent has to be back. */
const patience = 1_500;
const repeat = 300;

/** Where what was sent to each port came back from; undefined where nothing did. */
export interface RtpAnswers {
  /** Ours. */
  readonly port: number;
  readonly answeredBy: ReadonlyMap<number, HostPort | undefined>;
}

/** Sends a packet with the token to each port of a host, from one socket, until all are back. */
export async function askByRtp(host: string, ports: readonly number[], token: string): Promise<RtpAnswers> {
  const socket = await OpenSocket.open(host);
  const answer = (port: number): HostPort | undefined =>
    socket.returned.find(({ octets }) => probedPort(octets) === port)?.from;
  const send = (): void => {
    for (const port of ports) if (!answer(port)) socket.send(probePacket(token, port), { host, port });
  };
  try {
    send();
    const again = setInterval(send, repeat);
    await soon(() => ports.every(answer), patience);
    clearInterval(again);
    return { port: socket.port, answeredBy: new Map(ports.map((port) => [port, answer(port)])) };
  } finally {
    socket.close();
  }
}
