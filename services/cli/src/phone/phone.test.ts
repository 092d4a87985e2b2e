import { once } from 'node:events';
import { createServer } from 'node:net';
import { pcmu } from '@tandem/sdp';
import { afterAll, describe, expect, it } from 'vitest';
import { Exchange, type ExchangeOptions } from './fixture/exchange.ts';
import { loopback } from './fixture/loopback.ts';
import { connect, incoming, openPair, openPhone } from './fixture/phones.ts';
import { type Call, type Phone, type PhoneOptions, type Protocol, ToneMeter, tone } from './phone.ts';

const closing: { close(): Promise<unknown> }[] = [];

afterAll(async () => {
  for (const each of closing.reverse()) await each.close();
});

function closed<T extends { close(): Promise<unknown> }>(opened: T): T {
  closing.push(opened);
  return opened;
}

async function open(options: Parameters<typeof openPhone>[1], user = 'a'): Promise<Phone> {
  return closed(await openPhone(user, options));
}

async function pair(transport: Protocol, options?: Partial<PhoneOptions>): Promise<[a: Phone, b: Phone]> {
  const [a, b] = await openPair(transport, options);
  return [closed(a), closed(b)];
}

async function exchange(options?: ExchangeOptions): Promise<Exchange> {
  return closed(await Exchange.start(options));
}

/** Settles when a phone hears a tone, clean and for a while. */
async function hears(call: Call, frequency: number, ms = 600): Promise<void> {
  const meter = new ToneMeter(frequency);
  const { promise, resolve } = Promise.withResolvers<void>();
  call.audio.listen({
    write: (samples) => {
      meter.write(samples);
      if (meter.heardMs >= ms) resolve();
    },
  });
  await promise;
  expect(meter.share).toBeGreaterThanOrEqual(0.9);
}

function digits(call: Call, count: number): Promise<string> {
  const heard: string[] = [];
  return new Promise((resolve) => {
    call.on('digit', ({ digit }) => {
      if (heard.push(digit) === count) resolve(heard.join(''));
    });
  });
}

describe.concurrent.each<Protocol>(['udp', 'tcp'])('two phones over %s', (transport) => {
  it('hear each other’s tone and digits, through a hold', async () => {
    const [a, b] = await pair(transport);
    const [call, answered] = await connect(a, b);
    call.audio.play(tone(440));
    answered.audio.play(tone(1_000));
    await Promise.all([hears(call, 1_000, 1_000), hears(answered, 440, 1_000)]);

    const [toA, toB] = [digits(call, 3), digits(answered, 4)];
    await Promise.all([call.sendDtmf('12#A'), answered.sendDtmf('*90')]);
    expect([await toA, await toB]).toEqual(['*90', '12#A']);

    await call.hold();
    expect(call.session.agreed).toMatchObject({ sending: true, receiving: false });
    const held = call.audio.statistics.received.packets;
    await hears(answered, 440);
    expect(call.audio.statistics.received.packets).toBe(held);
    await call.resume();
    await hears(call, 1_000);

    const over = answered.whenEnded();
    await call.hangUp();
    expect(await over).toMatchObject({ by: 'remote', status: 200 });
    const { sent, received } = call.audio.statistics;
    expect(received.lost).toBe(0);
    expect(sent.packets).toBeGreaterThan(100);
  });

  it('give up, and are busy', async () => {
    const [a, b] = await pair(transport);
    const first = incoming(b);
    const given = await a.call('b');
    const ringing = await first;
    ringing.ring();
    await once(given, 'ringing');
    await given.hangUp();
    expect(await ringing.whenEnded()).toMatchObject({ by: 'remote', status: 487 });

    b.once('incoming', (call) => call.reject());
    const busy = await a.call('b');
    await expect(busy.whenAnswered()).rejects.toThrow('call-refused: 486 Busy Here');
  });
});

describe.each<Protocol>(['udp', 'tcp'])('two phones behind a proxy, over %s', (transport) => {
  it('register, call and hang up by the route of the dialog', async () => {
    const { registrar, host, port } = await exchange({ algorithms: ['SHA-256', 'MD5'] });
    const proxy = { transport, host, port };
    const [a, b] = [await open({ proxy }, 'a'), await open({ proxy }, 'b')];
    await Promise.all([a.register(), b.register()]);
    expect(new Set(registrar.proofs.map(({ algorithm }) => algorithm))).toEqual(new Set(['SHA-256']));

    const [call, answered] = await connect(a, b);
    await call.hold();
    await call.resume();
    expect((await answered.request('OPTIONS')).status).toBe(200);
    await answered.hangUp();
    expect(await call.whenEnded()).toMatchObject({ by: 'remote', status: 200 });

    await Promise.all([a.unregister(), b.unregister()]);
    expect(registrar.contacts.size).toBe(0);
  });
});

describe('a phone', () => {
  it('keeps to one connection', async () => {
    const { connections, host, port } = await exchange();
    const phone = await open({ proxy: { transport: 'tcp', host, port } });
    await phone.options();
    await phone.register();
    await phone.unregister();
    expect([connections.size, phone.contact]).toEqual([1, expect.stringContaining(';transport=tcp')]);
  });

  it('agrees on the codec that both have', async () => {
    const [a, b] = await pair('udp', { codecs: [pcmu] });
    const [call] = await connect(a, b);
    expect(call.session.agreed).toMatchObject({ codec: { law: 'pcmu', payload: 0 }, event: undefined });
    await expect(call.sendDtmf('1')).rejects.toThrow('dtmf-unavailable');
  });

  it('lets audio be heard before the answer', async () => {
    const [a, b] = await pair('udp');
    const coming = incoming(b);
    const call = await a.call('b');
    const early = once(call, 'earlyMedia');
    const ringing = await coming;
    ringing.audio.play(tone(425));
    ringing.ring({ media: true });
    await early;
    await hears(call, 425);
    expect(call.state).toBe('ringing');
  });

  it('turns calls down that nobody takes', async () => {
    const [a] = await pair('udp');
    const call = await a.call('b');
    await expect(call.whenAnswered()).rejects.toThrow('call-refused: 480');
  });

  it('says which address is taken', async () => {
    const [a] = await pair('udp');
    const again = open({ local: a.address, proxy: { transport: 'udp', host: '127.0.0.1', port: 5060 } });
    const { host, port } = a.address;
    await expect(again).rejects.toThrow(
      `phone-address-unavailable: udp://${host}:${port}: the port is taken`,
    );
  });

  it.each([
    ['is silent', 'udp', 'proxy-silent: udp://'],
    ['refuses the connection', 'tcp', 'proxy-unreachable: tcp://'],
  ] as const)('says that the proxy %s', async (_, transport, message) => {
    const phone = await open({ proxy: { transport, host: loopback(), port: 5060 }, answerWithin: 100 });
    await expect(phone.register()).rejects.toThrow(message);
  });

  it('says that the proxy accepts its connection and is silent', async () => {
    const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push({ close: () => new Promise((resolve) => server.close(resolve)) });
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const phone = await open({ proxy: { transport: 'tcp', host: '127.0.0.1', port }, answerWithin: 100 });
    await expect(phone.register()).rejects.toThrow('proxy-silent: tcp://');
  });

  it('refuses a target that is none', async () => {
    const [a] = await pair('udp');
    await expect(a.call('sip:@')).rejects.toThrow('target-malformed: "sip:@"');
  });
});
