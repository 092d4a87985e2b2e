import { inspect } from 'node:util';
import { Secret } from '@tandem/resource';
import { describe, expect, it } from 'vitest';
import { type Listener, listeners } from './address.ts';
import { parseSettings, type SettingsInput } from './parse.ts';
import { oneOf, secretText, text, wholeNumber } from './schema.ts';
import { defineSettings } from './setting.ts';

interface Phone {
  readonly sipListen: readonly Listener<'udp' | 'tcp'>[];
  readonly ringTime: number;
  readonly mode: 'deaf' | 'loud';
  readonly pin: Secret | undefined;
  readonly owner: string;
}

const phone = defineSettings<Phone>({
  sipListen: {
    schema: listeners(['udp', 'tcp']),
    default: 'udp://127.0.0.1:5060',
    description: 'Where SIP is spoken.',
  },
  ringTime: { schema: wholeNumber(1, 600), default: '30', description: 'How long it rings.', unit: 's' },
  mode: { schema: oneOf(['deaf', 'loud']), default: 'loud', description: 'How it rings.' },
  pin: { schema: secretText(4).optional(), description: 'Unlocks it.', secret: true },
  owner: { schema: text, default: { words: 'whoever', compute: () => 'me' }, description: 'Whose it is.' },
});

const parse = ({ flags = {}, env = {}, ...rest }: Partial<SettingsInput>): Phone =>
  parseSettings(phone, { flags, env, ...rest });

describe('defineSettings', () => {
  it('names flag and variable after the property', () => {
    expect(phone.sipListen).toMatchObject({ flag: '--sip-listen', variable: 'TANDEM_SIP_LISTEN' });
    expect(phone.pin).toMatchObject({ flag: '--pin', variable: 'TANDEM_PIN' });
  });
});

describe('parseSettings', () => {
  it('gives the defaults when nothing is set', () => {
    expect(parse({})).toEqual({
      sipListen: [{ scheme: 'udp', host: '127.0.0.1', port: 5060 }],
      ringTime: 30,
      mode: 'loud',
      pin: undefined,
      owner: 'me',
    });
  });

  it('takes the flag, then the variable, then the default', () => {
    const env = { TANDEM_RING_TIME: '20', TANDEM_MODE: 'deaf' };
    expect(parse({ flags: { ringTime: '10' }, env })).toMatchObject({
      ringTime: 10,
      mode: 'deaf',
      owner: 'me',
    });
  });

  it('counts an empty variable as unset, but not an empty flag', () => {
    expect(parse({ env: { TANDEM_OWNER: '', TANDEM_PIN: '' } })).toMatchObject({
      owner: 'me',
      pin: undefined,
    });
    expect(() => parse({ flags: { owner: '' } })).toThrow('setting-invalid: --owner="": must not be empty');
  });

  it('asks for what is required', () => {
    const strict = defineSettings<{ name: string }>({ name: { schema: text, description: '' } });
    expect(() => parseSettings(strict, { flags: {}, env: {} })).toThrow('TANDEM_NAME: is required');
  });

  const wrong: [string, Partial<SettingsInput>, string][] = [
    [
      'a variable',
      { env: { TANDEM_RING_TIME: '1e3' } },
      'TANDEM_RING_TIME="1e3": must be a whole number from 1 to 600',
    ],
    ['a flag', { flags: { ringTime: '0' } }, '--ring-time="0": must be a whole number from 1 to 600'],
    ['a word', { flags: { mode: 'lout' } }, '--mode="lout": must be one of deaf, loud, nearest: loud'],
    ['a line end', { flags: { ringTime: '1\n2' } }, String.raw`--ring-time="1\n2": must be`],
    [
      'an unknown variable',
      { env: { TANDEM_RINGTIME: '1' } },
      'TANDEM_RINGTIME: is unknown, did you mean TANDEM_RING_TIME?',
    ],
    ['an unknown flag', { flags: { 'rin-time': '1' } }, 'rin-time: is unknown, did you mean --ring-time?'],
    ['what resembles nothing', { env: { TANDEM_ZZZ: '1' } }, 'TANDEM_ZZZ: is unknown'],
    ['what objects inherit', { flags: { constructor: '1' } }, 'constructor: is unknown'],
  ];
  it.each(wrong)('names %s and what is wrong with it', (_, input, expected) => {
    expect(() => parse(input)).toThrow(expected);
  });

  it('tells everything that is wrong on one line', () => {
    const flags = { ringTime: 'x', mode: 'y' };
    expect(() => parse({ flags, env: { TANDEM_Q: 'z' } })).toThrow(
      /^setting-invalid: --ring-time=[^\n]*; --mode=[^\n]*; TANDEM_Q: is unknown$/,
    );
  });

  it('never tells a secret', () => {
    expect(() => parse({ env: { TANDEM_PIN: '123' } })).toThrow(
      'setting-invalid: TANDEM_PIN: must have at least 4 characters',
    );
    expect(() => parse({ env: { TANDEM_PIM: 'hunter2' } })).not.toThrow('hunter2');
    const settings = parse({ env: { TANDEM_PIN: 'hunter2' } });
    expect(inspect(settings) + JSON.stringify(settings)).not.toContain('hunter2');
    expect(settings.pin).toBeInstanceOf(Secret);
    expect(settings.pin?.reveal()).toBe('hunter2');
  });

  it('leaves alone what other tiers and other programs understand', () => {
    const others = defineSettings<{ rtpListen: string }>({ rtpListen: { schema: text, description: '' } });
    const env = {
      PATH: '/bin',
      TANDEM_RTP_LISTEN: 'x',
      TANDEM_TEST_NAMESPACE: 'private',
      TANDEM_EDGE_SERVICE_HOST: '10.0.0.1',
      TANDEM_EDGE_SERVICE_PORT: '5060',
      TANDEM_EDGE_SERVICE_PORT_SIP_UDP: '5060',
      TANDEM_EDGE_PORT: 'udp://10.0.0.1:5060',
      TANDEM_EDGE_PORT_5060_UDP: 'udp://10.0.0.1:5060',
      TANDEM_EDGE_PORT_5060_UDP_ADDR: '10.0.0.1',
    };
    expect(() => parse({ env, others })).not.toThrow();
    expect(() => parse({ env: { TANDEM_EDGE_PORT: '5060' } })).toThrow('TANDEM_EDGE_PORT: is unknown');
  });
});
