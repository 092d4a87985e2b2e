import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { energyShare, generateTone, readWav, writeWav } from '@tandem/rtp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Process } from '../../../../test/harness/process.ts';
import { Exchange } from '../phone/fixture/exchange.ts';

const main = join(import.meta.dirname, '../main.ts');
const deadline = 20_000;

let exchange: Exchange;
let folder: string;
const started: Process[] = [];

beforeAll(async () => {
  exchange = await Exchange.start();
  folder = await mkdtemp(join(tmpdir(), 'phone-'));
});

afterAll(async () => {
  await Promise.all(started.map((each) => each.stop('SIGKILL')));
  await exchange.close();
  await rm(folder, { recursive: true });
});

function start(...args: string[]): Process {
  const phone = new Process('phone', [process.execPath, main, 'phone', ...args], {
    env: { TANDEM_PHONE_PASSWORD: 'secret' },
  });
  started.push(phone);
  return phone;
}

/** The options that name a user of the exchange. */
function account(user: string, transport = 'udp'): string[] {
  const proxy = `${transport}://${exchange.host}:${exchange.port}`;
  return ['--user', user, '--domain', 'acme.example', '--proxy', proxy];
}

describe('tandem phone', () => {
  it('answers and calls, plays, records and dials', async () => {
    const said = join(folder, 'said.wav');
    const heard = join(folder, 'heard.wav');
    const samples = generateTone({ frequency: 440, durationMs: 5_000 });
    await writeFile(said, writeWav({ sampleRate: 8_000, samples }));
    const callee = start('answer', ...account('b', 'tcp'), '--once', '--record', heard, '-o', 'json');
    await callee.line(/"event":"registered"/, deadline);
    const caller = start('call', 'b', ...account('a'), '--play', said, '--dtmf', '1#', '--duration', '1.3');
    expect((await caller.ended(deadline)).code).toBe(0);
    expect(caller.transcript).toEqual([
      'calling target=sip:b@acme.example',
      'ringing status=180',
      'answered codec=pcma',
      expect.stringMatching(/^ended by=local status=200 reason=OK sent=\d+ received=\d+ lost=0$/),
    ]);
    expect((await callee.ended(deadline)).code).toBe(0);
    const events = callee.transcript.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.map(({ event }) => event)).toEqual([
      'registered',
      'incoming',
      'answered',
      'digit',
      'digit',
      'ended',
    ]);
    const reading = readWav(await readFile(heard));
    const recorded = 'wav' in reading ? reading.wav.samples : new Int16Array();
    expect(energyShare(recorded.subarray(5_000, 9_000), 440)).toBeGreaterThan(0.9);
    expect(exchange.registrar.contacts.size).toBe(0);
  });

  it('stays registered until Ctrl-C, and then is not', async () => {
    const phone = start('register', ...account('a'), '--expires', '60');
    await phone.line(/^registered contact=sip:a@.* expires=60$/, deadline);
    expect(exchange.registrar.contacts.size).toBe(1);
    expect(await phone.stop('SIGINT')).toEqual({ code: 0, signal: null });
    expect(exchange.registrar.contacts.size).toBe(0);
  });

  it.concurrent.each([
    [
      'a call that is refused',
      1,
      ['call', 'nobody', ...'--dtmf 1'.split(' ')],
      'call-refused: sip:nobody@acme.example: 404',
    ],
    ['a bad WAV file', 1, ['call', 'b', '--play', main], 'wav-unusable: '],
    [
      'a password file that is missing',
      2,
      ['register', '--password-file', '/nowhere'],
      'argument-invalid: --password-file',
    ],
    ['an unknown option', 2, ['call', 'b', '--bogus'], "unknown option '--bogus'"],
  ])('tells of %s on one line', async (_, code, args, message) => {
    const [name = '', ...rest] = args;
    const phone = start(name, ...account('a'), ...rest);
    expect((await phone.ended(deadline)).code).toBe(code);
    expect(phone.transcript.at(-1)).toContain(message);
    expect(phone.transcript.join()).not.toContain('secret');
  });
});
