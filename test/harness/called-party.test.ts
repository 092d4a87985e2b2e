import { expect } from 'vitest';
import { it } from './fixture.ts';
import type { Message } from './message.ts';
import { needs } from './needs.ts';
import type { Network } from './network.ts';
import { Sipp } from './sipp.ts';
import { Wire } from './wire.ts';

const describe = needs('namespace', 'sipp');

const offer =
  'v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 0\r\n';

/** A caller behind two proxies, as far as its requests can tell. */
class Caller {
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  invite(maxForwards = 69): void {
    const routes = ['Record-Route: <sip:10.0.0.2;lr>', 'Record-Route: <sip:10.0.0.3;lr>'];
    const below = 'Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK-below';
    this.request('INVITE', '<sip:1002@carrier.example>', [below, ...routes], offer, maxForwards);
  }

  request(method: string, to: string, headers: readonly string[] = [], body = '', maxForwards = 69): void {
    const { local } = this.#wire;
    const lines = [
      `${method} sip:1002@carrier.example SIP/2.0`,
      `Via: SIP/2.0/UDP ${local};branch=z9hG4bK-top`,
      ...headers,
      'From: <sip:1001@acme.example>;tag=wire',
      `To: ${to}`,
      'Call-ID: call',
      `CSeq: 1 ${method}`,
      `Contact: <sip:1001@${local}>`,
      `Max-Forwards: ${maxForwards}`,
      `Content-Length: ${body.length}`,
    ];
    this.#wire.send([...lines, '', body].join('\r\n'));
  }

  async receive(start: string, method = 'INVITE'): Promise<Message> {
    return this.#wire.receive(`SIP/2.0 ${start}`, (message) => message.header('CSeq') === `1 ${method}`);
  }

  async hangUp(): Promise<Message> {
    const answer = await this.receive('200');
    this.request('ACK', answer.header('To'));
    this.request('BYE', answer.header('To'));
    await this.receive('200', 'BYE');
    return answer;
  }
}

async function call(network: Network, scenario: string): Promise<{ sipp: Sipp; caller: Caller }> {
  const callee = await network.host('callee');
  const sipp = await Sipp.start(callee, { scenario, calls: 1 });
  return { sipp, caller: new Caller(await Wire.udp(network.gateway, callee.address)) };
}

describe('a called party', () => {
  it('answers and is hung up on', async ({ network }) => {
    const { sipp, caller } = await call(network, 'uas-answer');
    caller.invite();
    await caller.receive('100');
    await caller.receive('180');
    const answer = await caller.hangUp();
    expect(answer.headers('Record-Route')).toEqual(['<sip:10.0.0.2;lr>, <sip:10.0.0.3;lr>']);
    expect(answer.body).toContain('m=audio 6000 RTP/AVP 0');
    await sipp.succeed();
  });

  it('rings until the caller gives up', async ({ network }) => {
    const { sipp, caller } = await call(network, 'uas-ring-only');
    caller.invite();
    const ringing = await caller.receive('180');
    caller.request('CANCEL', '<sip:1002@carrier.example>');
    await caller.receive('200', 'CANCEL');
    const terminated = await caller.receive('487');
    for (const name of ['Via', 'To']) expect(terminated.headers(name)).toEqual(ringing.headers(name));
    caller.request('ACK', terminated.header('To'));
    await sipp.succeed();
  });

  it.for([
    ['uas-busy', '486 Busy Here'],
    ['uas-reject', '603 Decline'],
  ] as const)('declines by %s with %s', async ([scenario, status], { network }) => {
    const { sipp, caller } = await call(network, scenario);
    caller.invite();
    const declined = await caller.receive(status);
    caller.request('ACK', declined.header('To'));
    await sipp.succeed();
  });

  it('checks what it gets and passes on what it saw', async ({ network }) => {
    const { sipp, caller } = await call(network, 'uas-check');
    caller.invite();
    await caller.hangUp();
    expect((await sipp.succeed()).logs).toEqual(['INVITE sip:1002@carrier.example SIP/2.0', 'codecs 8 0']);
  });

  it('fails when what it gets is not right', async ({ network }) => {
    const { sipp, caller } = await call(network, 'uas-check');
    caller.invite(0);
    await caller.hangUp();
    const result = await sipp.finish();
    expect(result.code).toBe(1);
    expect(result.errors).toContain("Failed regexp match: looking in ' 0'");
  });
});
