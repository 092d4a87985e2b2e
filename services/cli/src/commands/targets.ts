import { InvalidArgumentError, Option } from 'commander';
import { type ProxyAddress, parseProxyAddress, proxyExpected } from '../phone/proxy-address.ts';

/** The flag for where SIP is spoken. */
export function targetOption(): Option {
  const target = new Option('--target <addresses>', 'where SIP is spoken, instead of --sip-listen');
  return target.argParser((text) => text.split(',').map(parseTarget));
}

function parseTarget(text: string): ProxyAddress {
  const address = parseProxyAddress(text.trim());
  if (address) return address;
  throw new InvalidArgumentError(`${proxyExpected}, several with commas between`);
}

/** One address of each transport, in order. */
export function firstOfEach(addresses: readonly ProxyAddress[]): ProxyAddress[] {
  const firsts = new Map(addresses.toReversed().map((address) => [address.transport, address]));
  return addresses.filter((address) => firsts.get(address.transport) === address);
}
