import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Baresip, connectPhones } from '../harness/baresip.ts';
import { it } from '../harness/fixture.ts';
import type { Host } from '../harness/host.ts';
import { needs } from '../harness/needs.ts';
import type { Process } from '../harness/process.ts';
import { MAIN } from '../harness/tandem-process.ts';
import { expectTwoTone } from '../harness/two-tone.ts';
import { Office } from './office.ts';

const describe = needs('namespace', 'baresip');

function dataFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'data-'));
}

/** What `tandem up` says, and its exit code, when it does not start. */
async function refusal(host: Host, flags: readonly string[]): Promise<string> {
  const started = host.run([process.execPath, MAIN, 'up', '--data', await dataFolder(), ...flags]);
  const { message } = await started.then(
    () => new Error('it has started and ended'),
    (error: Error) => error,
  );
  return message.slice(message.indexOf('(2): '));
}

describe('a start', () => {
  it.for([
    [
      'an address that another process has',
      ['--sip-listen', 'udp://0.0.0.0:5060', '--sip-advertise', 'sip.example'],
      'listener-unavailable: udp://0.0.0.0:5060: the port is taken by another process',
    ],
    [
      'an HTTP address that another process has',
      ['--http-listen', '0.0.0.0:8080'],
      'http-unavailable: 0.0.0.0:8080: listen EADDRINUSE: address already in use 0.0.0.0:8080',
    ],
    [
      'a configuration that is not there',
      ['--config', '/nowhere'],
      "configuration-unreadable: ENOENT: no such file or directory, stat '/nowhere'",
    ],
    [
      'a data folder that is a file',
      ['--data', '/etc/passwd'],
      "data-unusable: /etc/passwd: EEXIST: file already exists, mkdir '/etc/passwd'",
    ],
    [
      'a wrong setting',
      ['--rtp-listen', '127.0.0.1'],
      'setting-invalid: --rtp-listen="127.0.0.1": must be host:from-to, such as 127.0.0.1:20000-29999',
    ],
  ] as const)('ends with one line about %s', async ([, flags, line], { network }) => {
    const { tandem } = await Office.open(network);
    expect(await refusal(tandem.host, flags)).toBe(`(2): tandem: ${line}`);
  });

  it('without a configuration makes one, and the next takes it up', async ({ network }) => {
    const host = await network.host('tandem');
    const listen = [
      '--sip-listen',
      `udp://${host.address}:5060`,
      '--rtp-listen',
      `${host.address}:20000-29999`,
    ];
    const argv = [process.execPath, MAIN, 'up', '--data', await dataFolder(), ...listen] as const;
    const first = host.spawn(argv);
    const password = await passwordOf(first, '1001');
    const phone = await Baresip.start(await network.host('phone'), {
      user: '1001',
      tone: 440,
      domain: host.address,
      proxy: `${host.address}:5060`,
      password,
    });
    await phone.register();
    expect(await first.stop('SIGINT')).toEqual({ code: 0, signal: null });
    const second = host.spawn(argv);
    await second.line(/^ +Passwords are in /);
    const users = second.transcript.filter((line) => line.includes(`@${host.address}:5060`));
    expect(users.map((line) => line.trim().split(/ +/))).toEqual(
      ['1001', '1002', '1003'].map((name) => [name, `sip:${name}@${host.address}:5060`]),
    );
    await phone.register();
  });

  it('needs no privilege of the system', async ({ network }) => {
    const office = await Office.open(network);
    expect(await office.tandem.capabilities()).toBe('0'.repeat(16));
    const [alice, bob] = await office.pair();
    await connectPhones(alice, bob);
    await expectTwoTone(alice, bob);
  });
});

/** As the first start shows it. */
async function passwordOf(tandem: Process, user: string): Promise<string> {
  const row = await tandem.line(new RegExp(`^ +${user} +`));
  return row.trim().split(/ +/)[2] ?? '';
}
