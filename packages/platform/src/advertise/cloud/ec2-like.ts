import type { Metadata } from './metadata.ts';

/** OpenStack and others that answer as EC2 did at first: without a token, and with an empty text for none. */
export async function ec2LikeAddresses({ read }: Metadata): Promise<readonly (string | undefined)[]> {
  return [await read('/latest/meta-data/public-ipv4')];
}
