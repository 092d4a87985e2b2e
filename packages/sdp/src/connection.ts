import { isIP } from 'node:net';
import { Fault } from '@tandem/sip';
import { sdpEndpointInvalid, sdpMalformed } from './faults.ts';

// RFC 3264 §8.4: how RFC 2543 put a stream on hold.
const heldAddresses = new Set(['0.0.0.0', '::']);

/** The address in the value of a `c=` line, without TTL and count. Throws `sdp-malformed`. */
export function readConnection(value: string): string {
  const [network, family, address, ...more] = value.trimEnd().split(' ');
  if (network !== 'IN' || (family !== 'IP4' && family !== 'IP6') || !address || more.length > 0) {
    throw new Fault(sdpMalformed, `c=${value.slice(0, 80)}`);
  }
  return address;
}

/** Whether a stream that receives at an address is on hold. */
export function isHeld(address: string): boolean {
  return heldAddresses.has(address);
}

/** Network, family and address as `c=`, `o=` and `a=rtcp` write them. Throws `sdp-endpoint-invalid`. */
export function writeConnection(host: string): string {
  const family = isIP(host);
  if (family === 0) throw new Fault(sdpEndpointInvalid, JSON.stringify(host));
  return `IN IP${family} ${host}`;
}
