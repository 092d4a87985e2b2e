import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { needs } from '../../../../test/harness/needs.ts';
import { Process } from '../../../../test/harness/process.ts';
import { loopback } from './fixture/loopback.ts';
import { Phone } from './phone.ts';

const scenarios = join(import.meta.dirname, '../../../../test/call/scenarios');
const deadline = 15_000;

let phone: Phone | undefined;

afterEach(async () => {
  // The sipp that could still be told anything has ended.
  await phone?.abandon();
});

/** A sipp that plays a scenario for one call, and a phone whose proxy it is. */
async function start(scenario: string, user: string, password = 'secret'): Promise<[Phone, Process]> {
  const host = loopback();
  const argv = ['sipp', '-sf', join(scenarios, `${scenario}.xml`), '-i', host, '-mi', host, '-p', '5060'];
  const sipp = new Process('sipp', [...argv, '-m', '1', '-nostdin', '-timeout', '12s']);
  phone = await Phone.open({
    account: { user, domain: 'carrier.example', password },
    proxy: { transport: 'udp', host, port: 5060 },
    local: { host: '127.0.0.1' },
    answerWithin: 10_000,
  });
  return [phone, sipp];
}

needs('sipp')('a phone with sipp', () => {
  it('registers where MD5 is asked for', async () => {
    const [registered, sipp] = await start('uas-registrar', 'phone');
    expect(await registered.register({ expires: 600 })).toEqual({ expires: 600 });
    expect(await sipp.ended(deadline)).toMatchObject({ code: 0 });
  });

  it('calls where MD5 is asked for, and hangs up', async () => {
    const [caller, sipp] = await start('uas-challenge', 'carrier');
    const call = await caller.call('1001');
    await call.whenAnswered();
    expect(call.session.agreed?.codec).toEqual({ law: 'pcmu', payload: 0 });
    await call.hangUp();
    expect(await sipp.ended(deadline)).toMatchObject({ code: 0 });
  });

  it('is refused with a wrong password', async () => {
    const [caller, sipp] = await start('uas-challenge', 'carrier', 'wrong');
    const call = await caller.call('1001');
    await expect(call.whenAnswered()).rejects.toThrow('call-refused: 403 Forbidden');
    expect(await sipp.ended(deadline)).toMatchObject({ code: 0 });
  });
});
