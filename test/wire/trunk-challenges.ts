import { computeHa1, parseCredentials, verifyResponse } from '@tandem/sip';
import type { Message } from '../harness/message.ts';
import { domain } from './acme.ts';
import type { Account, Phone } from './phone.ts';
import { outside } from './tales.ts';
import { address, type Tiers } from './tiers.ts';

export const here: string = address(11);
const caller: Account = { user: '1002', domain, password: 'secret-of-1002' };
export const number: string = `sip:+34600111222@${domain}`;
export const auth: Readonly<Record<'username' | 'password' | 'realm', string>> = {
  username: 'acct',
  password: 'secret-of-the-trunk',
  realm: 'carrier.example',
};

/** Opens tiers with a configuration. */
type Start = (changes: object) => Promise<Tiers>;

/** Who calls and is called. */
interface Parties {
  readonly carrier: Phone;
  readonly phone: Phone;
}

/** Tiers whose trunk has credentials, and what opens who is there; `more` is besides in the configuration. */
export async function configure(
  start: Start,
  own: object = { auth },
  { numbers, ...changes }: { readonly numbers?: object; readonly media?: object } = {},
): Promise<{ readonly tiers: Tiers; readonly place: () => Promise<Parties> }> {
  const carrier = { contacts: [`sip:${outside}`], endpoint: { fromDomain: 'acme.carrier.example' }, ...own };
  const Route = { all: { match: { prefix: '+' }, trunks: ['carrier'] } };
  const tiers = await start({
    ...changes,
    more: { Trunk: { carrier }, Route, ...(numbers && { Number: numbers }) },
  });
  const place = async () => ({
    carrier: await tiers.outside(outside, here, []),
    phone: await tiers.phone(here, 'udp', caller),
  });
  return { tiers, place };
}

export async function open(
  ...own: Parameters<typeof configure>
): Promise<Parties & { readonly tiers: Tiers }> {
  const { place, tiers } = await configure(...own);
  await tiers.edge('edge-1', here);
  return { tiers, ...(await place()) };
}

/** A challenge, with a nonce of its own for each `more`. */
export function asks(realm = 'carrier.example', algorithm = 'MD5', more = ''): string {
  return `Digest realm="${realm}", nonce="n${more.length}", algorithm=${algorithm}, qop="auth"${more}`;
}

/** Lets the carrier ask for credentials, and returns what was asked. */
export async function challenge(
  carrier: Phone,
  method: string,
  status: 401 | 407,
  ...challenges: string[]
): Promise<Message> {
  const header = status === 407 ? 'Proxy-Authenticate' : 'WWW-Authenticate';
  const asked = await carrier.answer(method, `${status} Who Are You`, { [header]: challenges });
  if (method === 'INVITE') await carrier.wire.receive('ACK');
  return asked;
}

/** Whether a header has credentials of the trunk for a request of this method. */
export function areRight(
  value: string | undefined,
  algorithm: 'MD5' | 'SHA-256' = 'MD5',
  method = 'INVITE',
): boolean {
  const credentials = parseCredentials(value ?? '');
  const ha1 = computeHa1(algorithm, auth.username, 'carrier.example', auth.password);
  return credentials?.username === 'acct' && verifyResponse(credentials, { method, ha1 });
}

export function numberOf(message: Message): number {
  return Number.parseInt(message.header('CSeq')!, 10);
}
