import { formatHostPort, type HostPort } from '@tandem/platform';
import { composeRequest, magicCookie } from '@tandem/sip';
import { soon } from '../within.ts';
import { OpenSocket } from './udp.ts';

/** Milliseconds in which an answer has to come; the question goes out three times. */
const patience = 1_800;
const repeat = 500;

/** What came of OPTIONS over UDP. */
export interface SipAnswer {
  readonly port: number;
  readonly answeredBy: HostPort | undefined;
}

/** Asks by OPTIONS whose Call-ID is the token, from a socket that hears whoever answers. */
export async function askByUdp(target: HostPort, own: string, token: string): Promise<SipAnswer> {
  const socket = await OpenSocket.open(target.host);
  const octets = Buffer.from(optionsTo(target, { host: own, port: socket.port }, token), 'latin1');
  const answer = (): HostPort | undefined =>
    socket.returned.find(({ octets: text }) => isAnswer(text.toString('latin1'), token))?.from;
  try {
    socket.send(octets, target);
    const again = setInterval(() => socket.send(octets, target), repeat);
    await soon(() => answer() !== undefined, patience);
    clearInterval(again);
    return { port: socket.port, answeredBy: answer() };
  } finally {
    socket.close();
  }
}

function isAnswer(text: string, token: string): boolean {
  return text.startsWith('SIP/2.0 ') && text.includes(token);
}

function optionsTo(target: HostPort, own: HostPort, token: string): string {
  const uri = `sip:${formatHostPort(target)}`;
  return composeRequest({
    method: 'OPTIONS',
    uri,
    headers: [
      ['Via', `SIP/2.0/UDP ${formatHostPort(own)};rport;branch=${magicCookie}${token}`],
      ['Max-Forwards', '70'],
      ['From', `<sip:doctor@${formatHostPort(own)}>;tag=${token.slice(0, 8)}`],
      ['To', `<${uri}>`],
      ['Call-ID', token],
      ['CSeq', '1 OPTIONS'],
    ],
  });
}
