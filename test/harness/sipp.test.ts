import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { it } from './fixture.ts';
import type { Host } from './host.ts';
import type { Message } from './message.ts';
import { needs } from './needs.ts';
import type { Network } from './network.ts';
import { credentials, Sipp } from './sipp.ts';
import { Wire } from './wire.ts';

const describe = needs('namespace', 'sipp');

const call = {
  scenario: 'uac-invite',
  service: '1002',
  keys: { caller: '1001', domain: 'acme.example' },
  user: 'carrier',
  password: 'secret',
  digestUri: '1002@acme.example',
  calls: 1,
} as const;

async function pair(network: Network): Promise<[caller: Host, callee: Host]> {
  return Promise.all([network.host('caller'), network.host('callee')]);
}

function md5(...parts: readonly string[]): string {
  return createHash('md5').update(parts.join(':')).digest('hex');
}

function answer(request: Message, status: string, ...headers: readonly string[]): string {
  const copied = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].flatMap((name) =>
    request.headers(name).map((value) => `${name}: ${value}${name === 'To' ? ';tag=wire' : ''}`),
  );
  return [`SIP/2.0 ${status}`, ...copied, ...headers, 'Content-Length: 0', '\r\n'].join('\r\n');
}

describe('sipp', () => {
  it.for(['udp', 'tcp'] as const)('calls sipp with digest over %s', async (transport, { network }) => {
    const [caller, callee] = await pair(network);
    const uas = await Sipp.start(callee, { scenario: 'uas-challenge', transport, calls: 3 });
    const uac = await Sipp.start(caller, { ...call, transport, calls: 3, remote: `${callee.address}:5060` });
    expect(await uac.succeed()).toMatchObject({ successful: 3, failed: 0 });
    expect(await uas.succeed()).toMatchObject({ successful: 3, failed: 0 });
  });

  it('fails the call when the password is wrong', async ({ network }) => {
    const [caller, callee] = await pair(network);
    await Sipp.start(callee, { scenario: 'uas-challenge' });
    const uac = await Sipp.start(caller, { ...call, password: 'wrong', remote: `${callee.address}:5060` });
    const result = await uac.finish();
    expect(result).toMatchObject({ code: 1, successful: 0, failed: 1 });
    expect(result.errors).toContain('403 Forbidden');
  });

  it('answers 407, acknowledges it in its transaction, and proves the password', async ({ network }) => {
    const caller = await network.host('caller');
    const wire = await Wire.udp(network.gateway, caller.address);
    await Sipp.start(caller, { ...call, remote: wire.local });
    const first = await wire.receive('INVITE');
    wire.send(
      answer(first, '407 Proxy Authentication Required', 'Proxy-Authenticate: Digest realm="r", nonce="n"'),
    );
    expect((await wire.receive('ACK')).header('Via')).toBe(first.header('Via'));
    const second = await wire.receive('INVITE');
    const response = md5(md5('carrier', 'r', 'secret'), 'n', md5('INVITE', 'sip:1002@acme.example'));
    expect(second.header('Proxy-Authorization')).toContain(`response="${response}"`);
  });

  it('registers each line of a list with its password', async ({ network }) => {
    const [caller, callee] = await pair(network);
    const users = Array.from({ length: 20 }, (_, index) => `${1000 + index}`);
    const registrar = await Sipp.start(callee, { scenario: 'uas-registrar', calls: 20 });
    const phones = await Sipp.start(caller, {
      scenario: 'register',
      remote: `${callee.address}:5060`,
      lines: users.map((user) => [user, credentials(user, 'secret')]),
      calls: 20,
      rate: 100,
      limit: 5,
      keys: { domain: 'acme.example' },
      digestUri: 'acme.example',
    });
    await phones.succeed();
    expect((await registrar.succeed()).logs.toSorted()).toEqual(users);
  });

  it('tells that a call was not as expected', async ({ network }) => {
    const [caller, callee] = await pair(network);
    await Sipp.start(callee, { scenario: 'uas-busy' });
    const uac = await Sipp.start(caller, { ...call, remote: `${callee.address}:5060` });
    await expect(uac.succeed()).rejects.toThrow(/sipp ended with 1.*486 Busy Here/s);
  });

  it('tells at once that a scenario is wrong', async ({ network }) => {
    const callee = await network.host('callee');
    await expect(Sipp.start(callee, { scenario: '/nowhere.xml' })).rejects.toThrow(
      /sipp ended with 1.*nowhere/s,
    );
  });

  it('stops when it is told to', async ({ network }) => {
    const uas = await Sipp.start(await network.host('callee'), { scenario: 'uas-answer' });
    expect(await uas.stop()).toMatchObject({ code: 0, successful: 0 });
  });
});
