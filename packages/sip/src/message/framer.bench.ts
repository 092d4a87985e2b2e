import { it } from 'vitest';
import { Framer } from './framer.ts';

const head = 'MESSAGE sip:b.example SIP/2.0\r\nVia: SIP/2.0/TCP a.example\r\n';

function message(octets: number): string {
  return `${head}Content-Length: ${octets}\r\n\r\n${'x'.repeat(octets)}`;
}

/** Octet by octet, as the slowest sender would. */
function drip(text: string): void {
  const framer = new Framer();
  let frames = 0;
  for (let at = 0; at < text.length; at++) frames += framer.push(text[at]!).length;
  if (frames !== 1) throw new Error(`${frames} frames`);
}

const small = message(1000);
const large = message(50_000);
const slowHeaders = `${head}${`X: ${'y'.repeat(200)}\r\n`.repeat(240)}Content-Length: 0\r\n\r\n`;
const joined = message(500).repeat(100);

it('a stream', async ({ bench }) => {
  await bench.compare(
    bench('1 kB octet by octet', () => drip(small)),
    bench('50 kB octet by octet', () => drip(large)),
    bench('50 kB of headers octet by octet', () => drip(slowHeaders)),
    bench('100 joined messages', () => {
      new Framer().push(joined);
    }),
  );
});
