import { PATIENCE } from './deadline.ts';
import type { Host, Protocol } from './host.ts';

const PORT_DIGITS = 4;

/** Asks `sip:address:port` with OPTIONS and returns the status of the answer. */
export async function probe(
  host: Host,
  uri: string,
  transport: Protocol,
  patience: number = PATIENCE,
): Promise<number> {
  const port = uri.slice(uri.lastIndexOf(':') + 1);
  if (port.length > PORT_DIGITS) throw new RangeError(`sipsak would cut the last digit off port ${port}`);
  // Without -H it looks up the machine's name, which not every machine knows.
  const sipsak = host.spawn(['sipsak', '-vv', '-H', host.address, '-E', transport, '-s', uri]);
  await sipsak.ended(patience);
  const answer = sipsak.transcript.map((line) => line.trim()).find((line) => line.startsWith('SIP/2.0 '));
  if (!answer) throw new Error(`${uri} does not answer: ${sipsak.transcript.join('\n')}`);
  return Number(answer.split(' ')[1]);
}
