import { describe, expect, it } from 'vitest';
import { connect, openPair } from './fixture/phones.ts';
import type { Protocol } from './phone.ts';

describe.each<Protocol>(['udp', 'tcp'])('a phone over %s', (transport) => {
  it('leaves nothing behind when it closes in the middle of a call', async () => {
    const timers = active(/^Timeout/);
    const [a, b] = await openPair(transport);
    const [call, answered] = await connect(a, b);
    await a.close();
    expect(await call.whenEnded()).toMatchObject({ by: 'local', status: 200 });
    expect(await answered.whenEnded()).toMatchObject({ by: 'remote', status: 200 });
    await b.close();
    await expect.poll(() => active(/^(UDP|TCP)/)).toBe(0);
    await expect.poll(() => active(/^Timeout/)).toBe(timers);
  });

  it('says nothing when it is abandoned', async () => {
    const [a, b] = await openPair(transport);
    const [call, answered] = await connect(a, b);
    await Promise.all([a.abandon(), a.close(), a.abandon()]);
    expect(await call.whenEnded()).toMatchObject({ by: 'local', status: 480 });
    expect(answered.state).toBe('answered');
    await b.abandon();
    await expect.poll(() => active(/^(UDP|TCP)/)).toBe(0);
  });
});

/** How many sockets or timers the process has. */
function active(kind: RegExp): number {
  return process.getActiveResourcesInfo().filter((name) => kind.test(name)).length;
}
