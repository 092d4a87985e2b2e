import { formatAddressBlock } from '../uri/address-block.ts';
import { bindingRequest, bindingSuccess, cookie, headerOctets, ipv4, xorMappedAddress } from './stun.ts';

/** Octets of a transaction id (RFC 5389 §6). */
export const transactionOctets = 12;

/** A binding request that asks for nothing but where it comes from. The transaction id has 12 random octets. */
export function writeBindingRequest(transaction: Uint8Array): Buffer {
  const request = Buffer.alloc(headerOctets);
  request.writeUInt16BE(bindingRequest, 0);
  request.writeUInt32BE(cookie, 4);
  request.set(transaction, 8);
  return request;
}

/** The address that a server has seen (RFC 5389 §15.2); undefined when this is no answer to the request. */
export function readMappedAddress(
  answer: Buffer,
  request: Buffer,
): { readonly host: string; readonly port: number } | undefined {
  const isAnswer =
    answer.length >= headerOctets &&
    answer.readUInt16BE(0) === bindingSuccess &&
    answer.subarray(4, headerOctets).equals(request.subarray(4, headerOctets));
  const value = isAnswer ? attribute(answer, xorMappedAddress) : undefined;
  if (!value || value.length < 8) return undefined;
  const octets = Buffer.from(value.subarray(4));
  if (octets.length !== (value[1] === ipv4 ? 4 : 16)) return undefined;
  for (let at = 0; at < octets.length; at++) octets[at]! ^= request[4 + at]!;
  const address =
    octets.length === 4
      ? octets.readUInt32BE(0)
      : (octets.readBigUInt64BE(0) << 64n) | octets.readBigUInt64BE(8);
  return {
    host: formatAddressBlock({ network: address, bits: 8 * octets.length }),
    port: value.readUInt16BE(2) ^ (cookie >>> 16),
  };
}

/** Attributes are padded to four octets (RFC 5389 §15). */
function attribute(message: Buffer, type: number): Buffer | undefined {
  for (let at = headerOctets; at + 4 <= message.length; ) {
    const length = message.readUInt16BE(at + 2);
    if (message.readUInt16BE(at) === type) {
      return at + 4 + length <= message.length ? message.subarray(at + 4, at + 4 + length) : undefined;
    }
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return undefined;
}
