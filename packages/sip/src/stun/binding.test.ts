import { describe, expect, it } from 'vitest';
import { answerBinding } from './binding.ts';

const transaction = 'b7e7a701bc34d686fa87dfae';
const request = (type = '0001', length = '0000', cookie = '2112a442'): string =>
  Buffer.from(`${type}${length}${cookie}${transaction}`, 'hex').toString('latin1');

function answer(text: string, host: string, port = 32_853): string | undefined {
  const answered = answerBinding(text, host, port);
  return answered === undefined ? undefined : Buffer.from(answered, 'latin1').toString('hex');
}

describe('a binding request', () => {
  it.each([
    // The addresses of RFC 5769 §2.2 and §2.3.
    ['192.0.2.1', `0101000c2112a442${transaction}00200008`, '0001a147e112a643'],
    [
      '2001:db8:1234:5678:11:2233:4455:6677',
      `010100182112a442${transaction}00200014`,
      '0002a1470113a9faa5d3f179bc25f4b5bed2b9d9',
    ],
  ])('from %s is told where it came from', (host, head, value) => {
    expect(answer(request(), host)).toBe(head + value);
  });

  it('may carry attributes, of which none is looked at', () => {
    const named = `${request('0001', '0008')}\x80\x22\x00\x04test`;
    expect(answer(named, '192.0.2.1')).toMatch(/^0101/);
  });

  it.each([
    ['is cut', request().slice(0, 19)],
    ['says another length', request('0001', '0004')],
    ['has no cookie', request('0001', '0000', '00000000')],
    ['is an indication', request('0011')],
    ['is a response', request('0101')],
    ['is SIP', 'OPTIONS sip:acme.example SIP/2.0\r\n\r\n'],
    ['is nothing', ''],
  ])('that %s is none', (_name, text) => {
    expect(answer(text, '192.0.2.1')).toBeUndefined();
  });
});
