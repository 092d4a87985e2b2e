import { describe, expect, it } from 'vitest';
import { loopback } from './fixture/loopback.ts';
import { Phone, type Protocol } from './phone.ts';

describe.each<Protocol>(['udp', 'tcp'])('a phone over %s', { timeout: 30_000 }, (transport) => {
  it('leaves nothing behind when it closes in the middle of a call', async () => {
    const timers = active(/^Timeout/);
    const [here, there] = [
      { host: loopback(), port: 5060 },
      { host: loopback(), port: 5060 },
    ];
    const account = { user: 'a', domain: 'acme.example', password: 'secret' };
    const a = await Phone.open({ account, local: here, proxy: { transport, ...there } });
    const b = await Phone.open({ account, local: there, proxy: { transport, ...here } });
    const answered = new Promise((resolve) => b.once('incoming', (call) => resolve(call.answer())));
    const call = await a.call('b');
    await Promise.all([call.whenAnswered(), answered]);
    await a.close();
    expect(await call.whenEnded()).toMatchObject({ by: 'local', status: 200 });
    await b.close();
    await expect.poll(() => active(/^(UDP|TCP)/)).toBe(0);
    await expect.poll(() => active(/^Timeout/)).toBe(timers);
  });

  it('says nothing when it is abandoned', async () => {
    const proxy = { transport, host: loopback(), port: 5060 };
    const account = { user: 'a', domain: 'acme.example', password: 'secret' };
    const phone = await Phone.open({ account, proxy });
    await Promise.all([phone.abandon(), phone.close(), phone.abandon()]);
    await expect.poll(() => active(/^(UDP|TCP)/)).toBe(0);
  });
});

/** How many sockets or timers the process has. */
function active(kind: RegExp): number {
  return process.getActiveResourcesInfo().filter((name) => kind.test(name)).length;
}
