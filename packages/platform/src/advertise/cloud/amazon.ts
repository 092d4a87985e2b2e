import type { Metadata } from './metadata.ts';

/** Amazon EC2, by IMDSv2: no answer without a token, which a pod gets only with a hop limit of 2. */
export async function amazonAddresses({ read }: Metadata): Promise<readonly (string | undefined)[]> {
  const lifetime = { 'X-aws-ec2-metadata-token-ttl-seconds': '60' };
  const token = await read('/latest/api/token', lifetime, 'PUT');
  if (token === undefined) return [];
  const proof = { 'X-aws-ec2-metadata-token': token };
  return [await read('/latest/meta-data/public-ipv4', proof), await read('/latest/meta-data/ipv6', proof)];
}
