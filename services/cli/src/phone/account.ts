import {
  type DigestAlgorithm,
  escapeUser,
  Fault,
  parseNameAddr,
  parseUri,
  quote,
  schemeOf,
  wireText,
} from '@tandem/sip';
import { accountMalformed, targetMalformed } from './faults.ts';

/** Whom a phone belongs to. */
export interface Account {
  readonly user: string;
  readonly domain: string;
  readonly password: string;
  readonly displayName?: string;
  /** The name that proves itself; `user` when unset. */
  readonly authUser?: string;
  /** The realm whose challenges are answered, and no other; `domain` when unset. */
  readonly realm?: string;
  /** The digest algorithms that may be used; all when unset. */
  readonly algorithms?: readonly DigestAlgorithm[];
}

/** Throws `account-malformed` when From cannot be made of it. */
export function checkAccount(account: Account): void {
  const from = fromHeader(account);
  const uri = addressOfRecord(account);
  if (/[\r\n\0]/.test(from) || !parseNameAddr(from) || !parseUri(uri)) {
    throw new Fault(accountMalformed, JSON.stringify(from));
  }
}

/** The address of record. */
export function addressOfRecord({ user, domain }: Account): string {
  return `sip:${escapeUser(wireText(user))}@${domain}`;
}

/** The URI at which a phone of the account is reached. */
export function contactUri(
  { user }: Account,
  address: string,
  parameters: string,
  scheme: 'sip' | 'sips',
): string {
  return `${scheme}:${escapeUser(wireText(user))}@${address}${parameters}`;
}

/** From of the account's requests, without its tag. */
export function fromHeader(account: Account): string {
  const { displayName } = account;
  const uri = `<${addressOfRecord(account)}>`;
  return displayName === undefined ? uri : `${quote(wireText(displayName))} ${uri}`;
}

/** The URI to call: a name or number of the account's own domain, `user@host`, or a URI. Throws `target-malformed`. */
export function targetUri(target: string, { domain }: Account): string {
  const uri = complete(target, domain);
  if (!parseUri(uri)) throw new Fault(targetMalformed, JSON.stringify(target));
  return uri;
}

function complete(target: string, domain: string): string {
  const scheme = schemeOf(target);
  if (scheme === 'sip' || scheme === 'sips' || scheme === 'tel') return target;
  return target.includes('@') ? `sip:${target}` : `sip:${escapeUser(wireText(target))}@${domain}`;
}
