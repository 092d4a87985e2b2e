import { findProblems } from '@tandem/resource';
import { describe, expect, it } from 'vitest';
import { importFiles } from './fixture.ts';
import { reportOf } from './report.ts';

/** Numbers that look random and are the same in each run (mulberry32). */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const names = [
  '1001',
  '1002',
  'carrier',
  'phone',
  'general',
  'a b',
  'ñ',
  'internal',
  'outside',
  '1001-auth',
  '.',
];
const options = [
  ...[
    'type',
    'host',
    'secret',
    'password',
    'username',
    'context',
    'auth',
    'aors',
    'outbound_auth',
    'contact',
    'match',
    'endpoint',
  ],
  ...[
    'allow',
    'permit',
    'deny',
    'callerid',
    'register',
    'max_contacts',
    'qualify',
    'nonsense',
    'exten',
    'same',
    'include',
    'md5secret',
  ],
  ...[
    'identify_by',
    'direct_media',
    'rtp_timeout',
    'minimum_expiration',
    'call-limit',
    'realm',
    'domain',
    'bind',
    'insecure',
  ],
];
const values = [
  ...[
    'endpoint',
    'aor',
    'auth',
    'identify',
    'registration',
    'transport',
    'global',
    'friend',
    'peer',
    'user',
    'dynamic',
    'yes',
    'no',
    '',
  ],
  ...[
    '1001',
    'carrier',
    '1001-auth',
    '203.0.113.7',
    '10.0.0.0/255.0.0.0',
    'sip.example',
    'sip:203.0.113.9',
    '-1',
    '99999',
  ],
  ...['"A" <1001>', 'internal', 'outside', '0.0.0.0/0', '0123456789abcdef0123456789abcdef'],
  ...[
    '1001,1,Dial(SIP/1001,20)',
    '_9X.,1,Dial(PJSIP/${EXTEN:1}@carrier)',
    '_X.,1,Dial(SIP/carrier/${EXTEN})',
    'n,Hangup()',
  ],
  ...[
    '1002,1,Goto(internal,1001,1)',
    's,1,Answer()',
    '1001,hint,SIP/1001',
    'n,Dial(',
    '_[9-1],1,Dial(SIP/1)',
    '1,x,y',
  ],
];

const secret = new Map([
  ['secret', 'hush-hush'],
  ['password', 'hush-hush'],
  ['register', '1001:hush-hush@carrier/1001'],
]);

/** What each system has, so that there is something that the rest may spoil. */
const bases = {
  'pjsip.conf': '[1001]\ntype=endpoint\ncontext=internal\nauth=1001\n[1001]\ntype=auth\npassword=hush-hush',
  'sip.conf':
    '[phone](!)\ntype=friend\ncontext=internal\nsecret=hush-hush\n[1002](phone)\n[carrier]\ntype=peer\nhost=203.0.113.7',
  'extensions.conf': '[internal]\nexten => _X.,1,Dial(SIP/carrier/${EXTEN})\nexten => 7,1,Dial(SIP/1002)',
};

interface Written {
  readonly text: string;
  /** The lines that say something, from 1. */
  readonly saying: readonly number[];
}

function write(random: (below: number) => number, base: string): Written {
  const lines: string[] = [];
  const saying: number[] = [];
  const pick = (from: readonly string[]) => from[random(from.length)]!;
  const say = (line: string) => saying.push(lines.push(line));
  for (const line of base.split('\n')) say(line);
  while (lines.length < 60) {
    const kind = random(20);
    const marks = ['', '', '', '(!)', '(phone)', '(+)', '(phone,1001)', '(!,nobody)', '(', '(+type=aor)'];
    if (kind < 4) say(`[${pick(names)}]${pick(marks)}`);
    else if (kind < 15) {
      const option = pick(options);
      const value = secret.get(option) ?? pick(values);
      say(`${option}${pick([' = ', '=', ' => ', '+='])}${value}${pick(['', ' ; and why'])}`);
    } else if (kind === 15)
      say(
        pick([
          'nothing at all',
          '#include other.conf',
          '#exec rm -rf /',
          '#tryinclude none.conf',
          ']',
          '=',
          '=>x',
        ]),
      );
    else if (kind === 16) lines.push('; a comment', '   ', ';--------');
    else if (kind === 17) lines.push(';-- hidden', `${pick(options)} = hidden`, '--;');
    else if (kind === 18) say(`;-- before --; ${pick(names)} = ${pick(values)}`);
    else lines.push('');
  }
  return { text: lines.join(pick(['\n', '\r\n'])), saying };
}

const rounds = 100;

describe('AS-13: every line of an input', () => {
  it(`is accounted for, with all that is made of it right, in ${rounds} random systems`, async () => {
    let made = 0;
    for (let seed = 1; seed <= rounds; seed++) {
      const random = randomOf(seed);
      const written = Object.fromEntries(
        Object.entries(bases).map(([file, base]) => [file, write(random, base)]),
      );
      const files = Object.fromEntries(Object.entries(written).map(([file, { text }]) => [file, text]));
      const imported = await importFiles(files);
      const told = imported.entries.map(({ file, line }) => `${file}:${line}`);
      const said = Object.entries(written).flatMap(([file, { saying }]) =>
        saying.map((line) => `${file}:${line}`),
      );
      expect([seed, told.sort()]).toEqual([seed, said.sort()]);
      expect(imported.entries.filter(({ fate, reason }) => fate !== 'carried' && reason === '')).toEqual([]);
      expect(imported.entries.filter(({ reason }) => reason === 'nothing asked for it')).toEqual([]);
      expect(reportOf(imported, true).join()).not.toContain('hush-hush');
      const sources = Array.from(imported.files, ([path, text]) => ({ path, text }));
      expect([seed, await findProblems(sources)]).toEqual([seed, []]);
      made += [...imported.counts.values()].reduce((sum, count) => sum + count, 0) - 1;
    }
    // Nothing would be proven by systems of which nothing is made.
    expect(made).toBeGreaterThan(rounds);
  });
});
