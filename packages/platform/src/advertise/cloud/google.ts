import type { Metadata } from './metadata.ts';

const flavor = { 'Metadata-Flavor': 'Google' };
const card = '/computeMetadata/v1/instance/network-interfaces/0';

/** Google Compute Engine. Its IPv6 addresses are the machine's own, in a subnet that is reached from outside or is not. */
export async function googleAddresses({ read }: Metadata): Promise<readonly (string | undefined)[]> {
  const four = await read(`${card}/access-configs/0/external-ip`, flavor);
  const six = await read(`${card}/ipv6s`, flavor);
  return [four, ...(six?.split(/\s+/) ?? [])];
}
