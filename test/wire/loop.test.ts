import { expect } from 'vitest';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { dial } from './call.ts';
import { it } from './fixture.ts';
import { logged } from './log.ts';
import type { Phone } from './phone.ts';
import { statusOf } from './reply.ts';
import { fresh } from './request.ts';

const describe = needs('namespace');

/** Sends a request that came back to where it came from, as a proxy would: with another Request-URI and one hop less. */
function forward(proxy: Phone, request: Message, uri: string): void {
  const hops = Number(request.header('Max-Forwards')) - 1;
  const via = `Via: SIP/2.0/TCP ${proxy.wire.local};branch=z9hG4bK${fresh()}\r\n`;
  const text = request.text
    .replace(/^(\S+) \S+/, `$1 ${uri}`)
    .replace(/^Via: /m, `${via}Via: `)
    .replace(/^Max-Forwards: .*$/m, `Max-Forwards: ${hops}`);
  proxy.wire.send(text);
}

/** What a response says to whoever is below its topmost Via. */
function pass(proxy: Phone, response: Message): void {
  proxy.wire.send(response.text.replace(/^Via: .*\r\n/m, ''));
}

/** A user whose phone is a proxy that Tandem believes, for it has registered over its connection. */
async function proxyOf(phone: (transport: 'tcp') => Promise<Phone>): Promise<Phone> {
  const proxy = await phone('tcp');
  await proxy.register();
  return proxy;
}

describe('a call that comes back', () => {
  it('with another Request-URI is a spiral, and goes on', async ({ phone }) => {
    const [proxy, bob] = [await proxyOf(phone), await phone()];
    await bob.register();
    const invite = await dial(proxy, proxy.uri);
    const came = await proxy.wire.receive('INVITE');
    forward(proxy, came, bob.uri);
    const spiralled = await bob.answer('INVITE', '603 No');
    expect(spiralled.headers('Via')).toHaveLength(4);
    expect(spiralled.header('Call-ID')).toBe(invite.header('Call-ID'));
    pass(proxy, await proxy.wire.receive('SIP/2.0 603', (response) => response.headers('Via').length === 3));
    expect(statusOf(await proxy.final(invite))).toBe(603);
  });

  it('unchanged is a loop, and the log says where it went', async ({ live: { tandem }, phone }) => {
    const proxy = await proxyOf(phone);
    const invite = await dial(proxy, proxy.uri);
    forward(proxy, await proxy.wire.receive('INVITE'), proxy.uri);
    const refusal = await proxy.wire.receive('SIP/2.0 482');
    expect(refusal.start).toBe('SIP/2.0 482 Loop Detected');
    expect(refusal.headers('Via')).toHaveLength(3);
    const { msg } = await logged(tandem, invite, ({ fault }) => fault === 'loop-detected');
    const own = proxy.wire.local;
    expect(String(msg).split(' < ')).toEqual([expect.stringContaining(own), tandem.proxy, own]);
  });

  it('changed each time ends when its hops are used up', async ({ phone }) => {
    const proxy = await proxyOf(phone);
    await dial(proxy, proxy.uri, { 'Max-Forwards': '20' });
    for (let hops = 19; hops > 0; hops -= 2) {
      const came = await proxy.wire.receive('INVITE');
      expect(came.header('Max-Forwards')).toBe(String(hops));
      forward(proxy, came, `${proxy.uri};pass=${hops}`);
    }
    const refusal = await proxy.wire.receive('SIP/2.0 483');
    expect(refusal.start).toBe('SIP/2.0 483 Too Many Hops');
  });
});
