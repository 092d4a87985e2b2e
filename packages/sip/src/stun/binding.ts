import { parseIpAddress } from '../uri/address-block.ts';
import {
  bindingRequest,
  bindingSuccess,
  cookie,
  headerOctets,
  ipv4,
  ipv6,
  xorMappedAddress,
} from './stun.ts';

/**
 * The answer to a STUN binding request that asks for nothing else: where it came from (RFC 5389 §15.2), as RFC 5626 §3.5.2
 * wants it of a SIP port. `text` and the result are latin1. Undefined when it is no such request.
 */
export function answerBinding(text: string, host: string, port: number): string | undefined {
  // No SIP message begins with an octet below 4.
  if (text.length < headerOctets || text.charCodeAt(0) > 3) return undefined;
  const request = Buffer.from(text.slice(0, headerOctets), 'latin1');
  const isWhole = request.readUInt16BE(2) === text.length - headerOctets && text.length % 4 === 0;
  if (!isWhole || request.readUInt16BE(0) !== bindingRequest || request.readUInt32BE(4) !== cookie)
    return undefined;
  const address = scrambled(host, request);
  if (!address) return undefined;
  const head = Buffer.alloc(headerOctets + 8);
  request.copy(head, 4, 4);
  head.writeUInt16BE(bindingSuccess, 0);
  head.writeUInt16BE(8 + address.length, 2);
  head.writeUInt16BE(xorMappedAddress, headerOctets);
  head.writeUInt16BE(4 + address.length, headerOctets + 2);
  head[headerOctets + 5] = address.length === 4 ? ipv4 : ipv6;
  head.writeUInt16BE(port ^ (cookie >>> 16), headerOctets + 6);
  return Buffer.concat([head, address]).toString('latin1');
}

/** An address, XORed with cookie and transaction id (RFC 5389 §15.2). */
function scrambled(host: string, request: Buffer): Buffer | undefined {
  const address = parseIpAddress(host);
  if (address === undefined) return undefined;
  const octets = Buffer.alloc(typeof address === 'number' ? 4 : 16);
  if (typeof address === 'number') octets.writeUInt32BE(address);
  else {
    octets.writeBigUInt64BE(address >> 64n, 0);
    octets.writeBigUInt64BE(address & 0xffff_ffff_ffff_ffffn, 8);
  }
  for (let at = 0; at < octets.length; at++) octets[at]! ^= request[4 + at]!;
  return octets;
}
