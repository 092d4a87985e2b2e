import { Fault, parseIpAddress } from '@tandem/sip';
import { addressNotFound } from '../../faults.ts';
import { amazonAddresses } from './amazon.ts';
import { azureAddresses } from './azure.ts';
import { ec2LikeAddresses } from './ec2-like.ts';
import { googleAddresses } from './google.ts';
import { type Metadata, openMetadata } from './metadata.ts';

/** What a cloud says of the addresses that this machine is reached by from outside. */
export interface CloudAddresses {
  /** Such as `AWS`. */
  readonly cloud: string;
  /** At least one. */
  readonly addresses: readonly string[];
}

type Ask = (metadata: Metadata) => Promise<readonly (string | undefined)[]>;

/** By preference: some answer as another one would. */
const clouds: readonly (readonly [name: string, ask: Ask])[] = [
  ['AWS', amazonAddresses],
  ['Google Cloud', googleAddresses],
  ['Azure', azureAddresses],
  ['an EC2-like cloud', ec2LikeAddresses],
];

/** Asks as each cloud wants it, all at once. Rejects with `address-not-found` when none of them knows of an address. */
export async function cloudAddresses(base: string): Promise<CloudAddresses> {
  const answers = await Promise.all(clouds.map(([cloud, ask]) => answerOf(cloud, ask, base)));
  const [known] = answers.flatMap((answer) => (answer.addresses.length > 0 ? [answer] : []));
  if (known) return known;
  const reasons = answers.map(({ cloud, problem }) => `${cloud}: ${problem}`).join('; ');
  throw new Fault(addressNotFound, `cloud: the metadata service at ${base} knows none (${reasons})`);
}

interface Answer extends CloudAddresses {
  readonly problem: string;
}

async function answerOf(cloud: string, ask: Ask, base: string): Promise<Answer> {
  try {
    const addresses = (await ask(openMetadata(base))).filter((each) => each !== undefined);
    return { cloud, addresses: addresses.filter(isOutside), problem: 'no public address' };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { cloud, addresses: [], problem: error.detail };
  }
}

/** What a cloud calls public is, but an address of IPv6 may be of a subnet that nobody outside reaches (RFC 4291 §2.4). */
function isOutside(text: string): boolean {
  const address = parseIpAddress(text);
  if (address === undefined) return false;
  return typeof address === 'number' || address >> 125n === 1n;
}
