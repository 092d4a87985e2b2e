import { diagnostics } from '@tandem/resource';
import { afterEach, describe, expect, it } from 'vitest';
import { Exchange, type ExchangeOptions } from '../phone/fixture/exchange.ts';
import { callChecks } from './call-checks.ts';
import { type Result, runChecks } from './check.ts';
import { Conversation } from './conversation.ts';

const { domain, users } = diagnostics('a secret that the tests share');
const talkTime = 600;
const closing: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const each of closing.splice(0).reverse()) await each.close();
});

/** What the checks find at an exchange, by their name. */
async function find(options: ExchangeOptions, leftOut = /^latency/): Promise<Map<string, Result>> {
  const password = (user: string): string => users.find(({ name }) => name === user)?.password ?? '';
  const exchange = await Exchange.start({ realm: domain, password, ...options });
  closing.push(exchange);
  const { host, port } = exchange;
  const conversation = await Conversation.open({ transport: 'udp', host, port }, { domain, users }, talkTime);
  closing.push(conversation);
  const results = new Map<string, Result>();
  const checks = callChecks.filter(({ name }) => !leftOut.test(name));
  for await (const result of runChecks(checks, conversation)) results.set(result.name, result);
  return results;
}

/** The results that are not well. */
function failed(results: Map<string, Result>): Result[] {
  return [...results.values()].filter(({ status }) => status === 'failed');
}

describe('the checks of a call', () => {
  it.each<[string, ExchangeOptions, string, string]>([
    ['other passwords', { password: 'other' }, 'register caller', 'auth'],
    ['a callee that is not found', { refuse: onInvite(404) }, 'call', 'routing'],
    ['a caller that may not', { refuse: onInvite(403) }, 'call', 'auth'],
    ['media that is refused', { refuse: onInvite(488) }, 'call', 'sdp'],
    ['a switch that is overloaded', { refuse: onInvite(503) }, 'call', 'signalling'],
  ])('find %s, and skip what makes no sense then', async (_, options, name, layer) => {
    const results = await find(options);
    expect(failed(results)).toEqual([expect.objectContaining({ name, layer })]);
    expect(results.get('hang up')?.status).toBe('skipped');
  });

  it('find audio that goes one way only', async () => {
    // What the callee gets names a port of the caller where nobody listens.
    const alter = (text: string): string =>
      text.startsWith('INVITE') ? text.replace(/^m=audio \d+/m, 'm=audio 9') : text;
    const results = await find({ alter: fitting(alter) }, /^(latency|digits|hold|resume)/);
    expect(failed(results).map(({ name }) => name)).toEqual([
      'tone callee to caller',
      'loss callee to caller',
    ]);
    expect(results.get('tone callee to caller')).toMatchObject({
      layer: 'media',
      value: '0 % of the energy at 1010 Hz, 0 s of it clean',
    });
  });

  it('find that digits do not come through', async () => {
    const alter = (text: string): string =>
      text.replace(/^(m=audio .*) 101/m, '$1').replace(/^a=.*:101 .*\r\n/gm, '');
    const results = await find({ alter: fitting(alter) }, /^(tone|loss|hold|resume)/);
    expect(failed(results).map(({ name }) => name)).toEqual([
      'digits caller to callee',
      'digits callee to caller',
      'latency caller to callee',
      'latency callee to caller',
    ]);
  });

  it('find that a call cannot be held', async () => {
    const refuse: NonNullable<ExchangeOptions['refuse']> = ({ method, to }) =>
      method === 'INVITE' && to.params.has('tag') ? 488 : undefined;
    const results = await find({ refuse }, /^(tone|loss|digits|latency)/);
    expect(results.get('hold')).toMatchObject({
      status: 'failed',
      layer: 'sdp',
      value: 'session-change-refused: 488 Not Acceptable Here',
    });
    expect(results.get('hang up')?.status).toBe('ok');
  });
});

function onInvite(status: number): NonNullable<ExchangeOptions['refuse']> {
  return ({ method }) => (method === 'INVITE' ? status : undefined);
}

/** Alters messages, and says how long their bodies are then. */
function fitting(alter: (text: string) => string): (text: string) => string {
  return (text) => {
    const [head = '', body = ''] = alter(text).split('\r\n\r\n', 2);
    return `${head.replace(/^Content-Length: \d+/m, `Content-Length: ${body.length}`)}\r\n\r\n${body}`;
  };
}
