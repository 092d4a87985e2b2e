import { describe, expect, it } from 'vitest';
import { answerBinding } from './binding.ts';
import { readMappedAddress, writeBindingRequest } from './mapped-address.ts';

const request = writeBindingRequest(Buffer.from('b7e7a701bc34d686fa87dfae', 'hex'));

describe('a binding request', () => {
  it('asks for nothing but where it comes from', () => {
    expect(request.toString('hex')).toBe('000100002112a442b7e7a701bc34d686fa87dfae');
  });

  it.each(['192.0.2.1', '2001:db8:1234:5678:11:2233:4455:6677'])('learns %s from its answer', (host) => {
    const answer = Buffer.from(answerBinding(request.toString('latin1'), host, 32_853)!, 'latin1');
    expect(readMappedAddress(answer, request)).toEqual({ host, port: 32_853 });
  });

  it('learns it behind other attributes, as RFC 5769 §2.2 has them', () => {
    const answer = Buffer.from(
      '0101001c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a643',
      'hex',
    );
    expect(readMappedAddress(answer, request)).toEqual({ host: '192.0.2.1', port: 32_853 });
  });

  it.each([
    ['to another question', '0101000c2112a442a7e7a701bc34d686fa87dfae002000080001a147e112a643'],
    ['that is cut', '0101000c2112a442b7e7a701bc34d686fa87dfae002000080001a147e112'],
    ['that is an error', '0111000c2112a442b7e7a701bc34d686fa87dfae002000080001a147e112a643'],
    ['without an address', '010100002112a442b7e7a701bc34d686fa87dfae'],
    ['of another family than it says', '0101000c2112a442b7e7a701bc34d686fa87dfae002000080002a147e112a643'],
    ['that is no STUN', '00'],
  ])('learns nothing from an answer %s', (_, hex) => {
    expect(readMappedAddress(Buffer.from(hex, 'hex'), request)).toBeUndefined();
  });
});
