import { type OctetReader, shortText } from '@tandem/platform';
import type { Party } from './token.ts';

/** A party of a dialog that is no phone of ours, and what it is not to see. */
export interface Outsider {
  readonly party: Party;
  /** It is shown no address of the other party, of other edges or of nodes. */
  readonly hidden: boolean;
  /** What it asserts of identities is believed (RFC 3325 §5). */
  readonly trusted: boolean;
  /** The other party is asked for the credentials that it wants. */
  readonly challenges: boolean;
  /** Values of Route between this edge and the other party, first first; only of one who is hidden. */
  readonly routes: readonly string[];
  /** Where From and To are others outside. */
  readonly names?: Readonly<Record<Side, Names>>;
  /** By how much it has the numbers of the caller's requests raised: those in between had no credentials. */
  readonly raised?: number;
  /** The trunk that it is, where routers answer its challenges. */
  readonly account?: TrunkAccount;
}

/** A trunk with credentials. */
export interface TrunkAccount {
  readonly tenant: string;
  readonly trunk: string;
  /** The number of the INVITE that called it; 0 where it has called. */
  readonly first: number;
}

/** The parties of a dialog that are no phones of ours. */
export type Outsiders = Readonly<Partial<Record<Party, Outsider>>>;

/** `inside` is what the other party has, `outside` what the outsider has. */
type Side = 'inside' | 'outside';

/** The URIs of a dialog's From and To, by party. */
export type Names = Readonly<Record<Party, string>>;

const flags = {
  callee: 1,
  hidden: 2,
  trusted: 4,
  names: 8,
  challenges: 16,
  raised: 32,
  nobody: 64,
  account: 128,
};

/** Who is outside in few octets; also that nobody is, where more follows. One alone needs no count before it. */
export function encodeOutsiders({ caller, callee }: Outsiders): Buffer {
  const all = [caller, callee].filter((each) => each !== undefined).map(encodeOutsider);
  return all.length === 1 ? all[0]! : Buffer.concat([Buffer.from([flags.nobody, all.length]), ...all]);
}

export function decodeOutsiders(reader: OctetReader): Outsiders {
  const [head, count] = octetPair(reader);
  const isCounted = (head & flags.nobody) !== 0;
  const all = isCounted
    ? Array.from({ length: count }, () => decodeOutsider(reader, ...octetPair(reader)))
    : [decodeOutsider(reader, head, count)];
  return Object.fromEntries(all.map((each) => [each.party, each]));
}

function octetPair(reader: OctetReader): [head: number, count: number] {
  const [head = 0, count = 0] = reader.take(2);
  return [head, count];
}

function encodeOutsider(outsider: Outsider): Buffer {
  const { account, challenges, party, hidden, raised = 0, trusted, routes, names } = outsider;
  const head =
    (party === 'callee' ? flags.callee : 0) |
    (hidden ? flags.hidden : 0) |
    (trusted ? flags.trusted : 0) |
    (names ? flags.names : 0) |
    (challenges ? flags.challenges : 0) |
    (raised > 0 ? flags.raised : 0) |
    (account ? flags.account : 0);
  const texts = names
    ? [names.inside.caller, names.inside.callee, names.outside.caller, names.outside.callee]
    : [];
  const numbers = raised > 0 ? [head, routes.length, raised] : [head, routes.length];
  const end = account ? encodeAccount(account) : [];
  return Buffer.concat([Buffer.from(numbers), ...[...texts, ...routes].map(longText), ...end]);
}

function decodeOutsider(reader: OctetReader, head: number, count: number): Outsider {
  const has = (flag: number): boolean => (head & flag) !== 0;
  const raised = has(flags.raised) ? reader.take(1).readUInt8() : 0;
  const readNames = (): Names => ({ caller: readLongText(reader), callee: readLongText(reader) });
  const names = has(flags.names) ? { inside: readNames(), outside: readNames() } : undefined;
  return {
    party: has(flags.callee) ? 'callee' : 'caller',
    hidden: has(flags.hidden),
    trusted: has(flags.trusted),
    challenges: has(flags.challenges),
    ...(names && { names }),
    ...(raised > 0 && { raised }),
    routes: Array.from({ length: count }, () => readLongText(reader)),
    ...(has(flags.account) && { account: readAccount(reader) }),
  };
}

function encodeAccount({ first, tenant, trunk }: TrunkAccount): Buffer[] {
  const number = Buffer.alloc(4);
  number.writeUInt32BE(first);
  return [number, shortText(tenant), shortText(trunk)];
}

function readAccount(reader: OctetReader): TrunkAccount {
  const first = reader.take(4).readUInt32BE();
  return { first, tenant: reader.shortText(), trunk: reader.shortText() };
}

function longText(text: string): Buffer {
  const octets = Buffer.from(text, 'latin1');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(octets.length);
  return Buffer.concat([length, octets]);
}

function readLongText(reader: OctetReader): string {
  return reader.take(reader.take(2).readUInt16BE()).toString('latin1');
}
