import { Fault, type Question } from '@tandem/sip';
import { type Answer, encode, type Packet } from 'dns-packet';
import { describe, expect, it } from 'vitest';
import { readReply, writeQuery } from './message.ts';

const id = 4_711;
const question: Question = { type: 'A', name: 'sip.example' };
const [isAuthoritative, isTruncated] = [0x400, 0x200];

function reply(changes: Partial<Packet> = {}): Buffer {
  const questions = [{ type: question.type, name: question.name }];
  return encode({ type: 'response', id, flags: isAuthoritative, questions, ...changes });
}

function address(name: string, data: string, ttl = 60): Answer {
  return { type: 'A', name, data, ttl };
}

function alias(name: string, data: string, ttl = 60): Answer {
  return { type: 'CNAME', name, data, ttl };
}

function soa(ttl: number, minimum: number): Answer {
  const numbers = { serial: 1, refresh: 1, retry: 1, expire: 1, minimum };
  return {
    type: 'SOA',
    name: 'example',
    ttl,
    data: { mname: 'ns.example', rname: 'root.example', ...numbers },
  };
}

function read(changes?: Partial<Packet>): ReturnType<typeof readReply> {
  return readReply(reply(changes), id, question);
}

describe('the answer of a resolver', () => {
  it('holds for as long as the record of it that is over first', () => {
    const answers = [alias('sip.example', 'host.example', 30), address('HOST.example', '192.0.2.1', 60)];
    expect(read({ answers })).toEqual({ records: ['192.0.2.1'], ttl: 30 });
    const two = [address('sip.example', '192.0.2.1', 90), address('sip.example', '192.0.2.2', 20)];
    expect(read({ answers: two })).toEqual({ records: ['192.0.2.1', '192.0.2.2'], ttl: 20 });
  });

  it('is not about other names that stand in it, nor in what was added to it', () => {
    const answers = [address('other.example', '192.0.2.66')];
    const additionals = [address('sip.example', '192.0.2.66')];
    expect(read({ answers, additionals })).toMatchObject({ records: [] });
  });

  it.each([
    ['the SOA', [soa(60, 300)], 60],
    ['what the SOA says', [soa(300, 60)], 60],
    ['nothing, without SOA', [], 0],
  ])('that there is no such record holds for as long as %s', (_name, authorities, ttl) => {
    expect(read({ authorities })).toEqual({ records: [], ttl });
    expect(read({ authorities, flags: isAuthoritative | 3 })).toEqual({ records: [], ttl });
  });

  it('says that it is too long', () => {
    expect(read({ flags: isTruncated })).toBe('truncated');
  });

  it.each([
    [1, 'FORMERR'],
    [2, 'SERVFAIL'],
    [5, 'REFUSED'],
    [9, 'response code 9'],
  ])('with code %i is none', (code, said) => {
    expect(() => read({ flags: code })).toThrow(`resolver-refused: ${said}`);
  });

  it.each([
    ['another number', { id: id + 1 }],
    ['another name', { questions: [{ type: 'A', name: 'evil.example' }] }],
    ['another type', { questions: [{ type: 'AAAA', name: question.name }] }],
    ['no question', { questions: [] }],
    ['a question of its own', { type: 'query' }],
  ] as const)('with %s is not heard', (_name, changes) => {
    expect(read(changes as Partial<Packet>)).toBeUndefined();
  });

  it('leads round in circles at no cost', () => {
    const answers = [alias('sip.example', 'a.example'), alias('a.example', 'sip.example')];
    expect(read({ answers })).toMatchObject({ records: [] });
  });

  it('never breaks anything, whatever octets it has', () => {
    const answers = [
      alias('sip.example', 'host.example'),
      address('host.example', '192.0.2.1'),
      {
        type: 'NAPTR',
        name: 'sip.example',
        data: {
          order: 1,
          preference: 1,
          flags: 's',
          services: 'SIP+D2U',
          regexp: '',
          replacement: 'a.example',
        },
      },
      { type: 'SRV', name: 'sip.example', data: { priority: 1, weight: 1, port: 1, target: 'a.example' } },
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: 1232,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: 0,
        flag_do: false,
        options: [],
      },
    ] satisfies Answer[];
    const whole = reply({ answers, authorities: [soa(1, 1)] });
    let state = 4_711;
    const random = (below: number): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state % below;
    };
    const outcomes = new Set<string>();
    for (let run = 0; run < 20_000; run++) {
      const octets = Buffer.from(whole.subarray(0, random(3) === 0 ? random(whole.length) : whole.length));
      for (let changes = random(6); changes > 0 && octets.length > 12; changes--) {
        // Pointers within names are what has tripped others.
        octets[12 + random(octets.length - 12)] = random(4) === 0 ? 0xc0 : random(256);
      }
      outcomes.add(outcomeOf(octets));
    }
    expect([...outcomes].sort()).toEqual(['nothing', 'records']);
  });
});

function outcomeOf(octets: Buffer): string {
  try {
    return readReply(octets, id, question) ? 'records' : 'nothing';
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return 'fault';
  }
}

describe('a query', () => {
  it('asks for recursion, and allows answers that fit into one packet', () => {
    const octets = writeQuery(id, question);
    expect(octets.readUInt16BE(0)).toBe(id);
    expect(octets.readUInt16BE(2)).toBe(0x100);
    expect(octets.includes(Buffer.from([41, 0x04, 0xd0]))).toBe(true);
  });
});
