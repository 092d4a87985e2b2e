import { corpus } from './corpus.ts';
import { mutant } from './mutate.ts';
import type { Random } from './random.ts';

/** What is done to an edge over one connection. */
export interface Assault {
  /** The request for a WebSocket, right or not. */
  readonly handshake: string;
  /** Whether its answer is awaited before the rest is sent. */
  readonly waits: boolean;
  /** What comes behind it, in the pieces in which it is sent. */
  readonly pieces: readonly Buffer[];
  /** Whether answers are read. */
  readonly reads: boolean;
  readonly end: 'close' | 'reset' | 'stay';
}

/** One assault of many that a seed determines. */
export function assault(random: Random): Assault {
  const octets = Buffer.concat(random.times(1 + random.below(6), () => frame(random)));
  return {
    handshake: handshake(random),
    waits: !random.once(3),
    pieces: cut(octets, random),
    reads: !random.once(6),
    end: random.pick(['close', 'reset', 'stay']),
  };
}

const request = [
  'GET / HTTP/1.1',
  'Host: edge.example',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Origin: https://phone.example',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: sip',
];

type Breaking = (lines: readonly string[], random: Random) => string;

const breakings: readonly Breaking[] = [
  (lines, random) => ended(lines.toSpliced(random.below(lines.length), 1)),
  (lines, random) => ended(lines.toSpliced(1, 0, random.pick(lines))),
  (lines, random) => ended(lines).slice(0, random.below(ended(lines).length)),
  (lines, random) => replaced(ended(lines), random),
  (lines, random) => ended([...lines, ...random.times(random.below(300), (index) => `X-${index}: ${index}`)]),
  (lines, random) => ended([...lines, `X: ${'x'.repeat(random.below(20_000))}`]),
  (lines, random) => ended([...lines, `Content-Length: ${random.below(2 ** 32)}`]),
  (lines) => ended([...lines, 'Transfer-Encoding: chunked']),
  (lines, random) => ended([...lines, `Sec-WebSocket-Extensions: permessage-deflate; x=${random.below(99)}`]),
  (lines, random) =>
    ended([...lines, `Sec-WebSocket-Protocol: ${random.pick(['sip, sip', ',', 'a,,b', ' ', '"sip"'])}`]),
  (_, random) => mutant(random, corpus),
];

function handshake(random: Random): string {
  return random.once(3) ? random.pick(breakings)(request, random) : ended(request);
}

function ended(lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function replaced(text: string, random: Random): string {
  const at = random.below(text.length);
  return `${text.slice(0, at)}${String.fromCharCode(random.below(256))}${text.slice(at + 1)}`;
}

/** A frame that is right, or wrong in any of its fields (RFC 6455 §5.2). */
function frame(random: Random): Buffer {
  const payload = content(random);
  const final = random.once(4) ? 0 : 0x80;
  const reserved = random.once(10) ? random.below(8) << 4 : 0;
  const opcode = random.once(6) ? random.below(16) : random.pick([1, 1, 1, 2, 2, 0, 8, 9, 10]);
  const masked = !random.once(10);
  const head = Buffer.from([final | reserved | opcode]);
  const length = lengthOf(payload.length, masked ? 0x80 : 0, random);
  if (!masked) return Buffer.concat([head, length, payload]);
  const mask = Buffer.from(random.times(4, () => random.below(256)));
  return Buffer.concat([head, length, mask, payload.map((octet, index) => octet ^ mask[index % 4]!)]);
}

/** As short as it can be, longer than it has to be, or a lie. */
function lengthOf(length: number, mark: number, random: Random): Buffer {
  const said = random.once(12) ? random.pick([0, 125, 65_536, 2 ** 31, 2 ** 53 - 1, length + 1]) : length;
  if (said < 126 && !random.once(12)) return Buffer.from([mark | said]);
  if (said < 65_536 && !random.once(12)) {
    const short = Buffer.from([mark | 126, 0, 0]);
    short.writeUInt16BE(said, 1);
    return short;
  }
  const long = Buffer.from([mark | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  long.writeBigUInt64BE(random.once(20) ? 2n ** 64n - 1n : BigInt(said), 1);
  return long;
}

function content(random: Random): Buffer {
  switch (random.below(8)) {
    case 0:
      return Buffer.alloc(0);
    case 1:
      return Buffer.from('\r\n'.repeat(random.below(4)));
    case 2:
      return Buffer.from(random.times(random.below(200), () => random.below(256)));
    case 3:
      return Buffer.alloc(random.pick([125, 126, 65_535, 65_536, 70_000]), 'x');
    default:
      return Buffer.from(mutant(random, corpus), 'latin1');
  }
}

/** All at once, in a few pieces, or octet by octet for a while. */
function cut(octets: Buffer, random: Random): Buffer[] {
  if (random.once(2)) return [octets];
  const slowly = random.once(4) ? Math.min(octets.length, random.below(300)) : 0;
  const cuts = random.times(random.below(5), () => random.below(octets.length + 1));
  const places = [...Array.from({ length: slowly }, (_, index) => index), ...cuts, octets.length];
  const ordered = [0, ...places.sort((a, b) => a - b)];
  return ordered.slice(1).map((place, index) => octets.subarray(ordered[index], place));
}
