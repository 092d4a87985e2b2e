import { Fault, type Question, type Records } from '@tandem/sip';
import { type Answer, decode, encode, RECURSION_DESIRED } from 'dns-packet';
import { resolverRefused } from '../faults.ts';

/** What a resolver has said of a name. */
export interface Reply {
  readonly records: readonly Records[Question['type']][];
  /** Seconds for which that holds (RFC 2308 §5 where there are no records); 0 when it must not be kept. */
  readonly ttl: number;
}

/** Octets that a datagram may have (RFC 9715 §3.1: none is fragmented). */
const payload = 1_232;
/** Of one answer that are looked at. */
const maxRecords = 32;
/** How many names may stand for another in one answer. */
const maxAliases = 8;

export function writeQuery(id: number, { type, name }: Question): Buffer {
  const edns = { type: 'OPT', name: '.', udpPayloadSize: payload, extendedRcode: 0, ednsVersion: 0 } as const;
  return encode({
    type: 'query',
    id,
    flags: RECURSION_DESIRED,
    questions: [{ type, name }],
    additionals: [{ ...edns, flags: 0, flag_do: false, options: [] }],
  });
}

/**
 * Reads the answer to a query: `truncated` when it has to be asked for over TCP, undefined when it is of another query.
 * Throws a Fault when the resolver could not or would not answer, or what it said cannot be read.
 */
export function readReply(octets: Buffer, id: number, question: Question): Reply | 'truncated' | undefined {
  const packet = read(octets);
  const [asked] = packet?.questions ?? [];
  const isOurs = packet?.flag_qr && packet.id === id && asked?.type === question.type;
  if (!packet || !isOurs || asked.name.toLowerCase() !== question.name) return undefined;
  const code = (packet.flags ?? 0) & 0xf;
  // RFC 1035 §4.1.1: 0 is an answer, 3 says that there is no such name.
  if (code !== 0 && code !== 3) throw new Fault(resolverRefused, codes[code] ?? `response code ${code}`);
  if (packet.flag_tc) return 'truncated';
  return replyOf(packet.answers ?? [], packet.authorities ?? [], question);
}

const codes: Readonly<Record<number, string>> = { 1: 'FORMERR', 2: 'SERVFAIL', 4: 'NOTIMP', 5: 'REFUSED' };

function read(octets: Buffer): ReturnType<typeof decode> | undefined {
  try {
    return decode(octets);
  } catch {
    return undefined;
  }
}

function replyOf(answers: readonly Answer[], authorities: readonly Answer[], question: Question): Reply {
  const { name, aliasTtl } = canonical(answers, question.name);
  const found = answers
    .filter((answer) => answer.type === question.type && answer.name.toLowerCase() === name)
    .slice(0, maxRecords);
  const records = found.flatMap((answer) => recordOf(answer) ?? []);
  if (records.length === 0) return { records, ttl: Math.min(negativeTtl(authorities), aliasTtl) };
  return { records, ttl: Math.min(aliasTtl, ...found.map(ttlOf)) };
}

/** The name that a name stands for, as far as the answer says. */
function canonical(answers: readonly Answer[], asked: string): { name: string; aliasTtl: number } {
  let name = asked;
  let aliasTtl = Number.POSITIVE_INFINITY;
  for (let count = 0; count < maxAliases; count++) {
    const alias = answers.find((each) => each.type === 'CNAME' && each.name.toLowerCase() === name);
    if (alias?.type !== 'CNAME') break;
    name = alias.data.toLowerCase();
    aliasTtl = Math.min(aliasTtl, ttlOf(alias));
  }
  return { name, aliasTtl };
}

/** RFC 2308 §5: what has no SOA beside it is not kept. */
function negativeTtl(authorities: readonly Answer[]): number {
  const soa = authorities.find((each) => each.type === 'SOA');
  return soa?.type === 'SOA' ? Math.min(ttlOf(soa), soa.data.minimum ?? 0) : 0;
}

function ttlOf(answer: Answer): number {
  const ttl = 'ttl' in answer ? (answer.ttl ?? 0) : 0;
  // RFC 2181 §8: with the highest bit it means nothing.
  return ttl > 0x7fff_ffff ? 0 : ttl;
}

function recordOf(answer: Answer): Records[Question['type']] | undefined {
  switch (answer.type) {
    case 'A':
    case 'AAAA':
      return answer.data;
    case 'SRV': {
      const { port, priority = 0, target, weight = 0 } = answer.data;
      return { port, priority, target, weight };
    }
    case 'NAPTR': {
      const { flags, order, preference, replacement, services } = answer.data;
      return { flags, order, preference, replacement, services };
    }
    default:
      return undefined;
  }
}
