import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Baresip, connectPhones } from '../harness/baresip.ts';
import { it } from '../harness/fixture.ts';
import type { Host } from '../harness/host.ts';
import { needs } from '../harness/needs.ts';
import { Sipp } from '../harness/sipp.ts';
import { received } from '../harness/sipp-trace.ts';
import { Tandem } from '../harness/tandem.ts';
import { MAIN } from '../harness/tandem-process.ts';
import { expectTwoTone } from '../harness/two-tone.ts';

const describe = needs('namespace', 'baresip', 'sipp');

const pjsip = (carrier: string) => `
[phone](!)
type=endpoint
context=internal
disallow=all
allow=alaw,ulaw
[account](!)
type=auth
auth_type=userpass
[place](!)
type=aor
max_contacts=1
remove_existing=yes

[1001](phone)
auth=1001-auth
aors=1001
callerid="Alice" <34911000001>
[1001-auth](account)
username=1001
password=old=secret#of-alice
[1001](place)

[1002](phone)
auth=1002-auth
aors=1002
[1002-auth](account)
username=1002
password=old-secret-of-bob
[1002](place)

[carrier]
type=endpoint
context=from-carrier
aors=carrier
from_domain=acme.carrier.example
[carrier]
type=aor
contact=sip:${carrier}:5060
[carrier]
type=identify
endpoint=carrier
match=${carrier}
`;

const extensions = `
[internal]
exten => _1XXX,1,Dial(PJSIP/\${EXTEN},20)
exten => _900X.,1,Dial(PJSIP/\${EXTEN:1}@carrier,30)
 same => n,Hangup()
[from-carrier]
exten => 34911000001,1,Dial(PJSIP/1001)
`;

/** Imports a pjsip.conf of an exchange whose carrier has an address, and starts what came of it. */
async function migrate(host: Host, carrier: string): Promise<Tandem> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-import-'));
  const [asterisk, output] = [join(folder, 'asterisk'), join(folder, 'config')];
  await mkdir(asterisk);
  await writeFile(join(asterisk, 'pjsip.conf'), pjsip(carrier));
  await writeFile(join(asterisk, 'extensions.conf'), extensions);
  const run = host.spawn([process.execPath, MAIN, 'import', 'asterisk', asterisk, '--output', output]);
  expect((await run.ended(30_000)).code).toBe(0);
  const report = run.transcript.join('\n');
  expect(report).toMatch(/^made: 1 Tenant, 2 Users, 1 Trunk, 1 Number, 1 Route$/m);
  expect(report).not.toMatch(/old.*secret/);
  return Tandem.start(host, output);
}

describe('AS-13, AS-40: an exchange whose configuration was imported', () => {
  it('has its phones, which were told nothing, and its carrier, both ways', async ({ network }) => {
    const [host, provider] = await Promise.all([network.host('tandem'), network.host('carrier')]);
    const tandem = await migrate(host, provider.address);
    // The phones know the address of the old exchange, their number and their password, and nothing else.
    const phone = async (user: string, password: string, tone: number): Promise<Baresip> => {
      const account = {
        user,
        password,
        domain: host.address,
        proxy: tandem.proxy,
        transport: 'udp',
        tone,
      } as const;
      const made = await Baresip.start(await network.host(`phone-${user}`), account);
      await made.register();
      return made;
    };
    const alice = await phone('1001', 'old=secret#of-alice', 440);
    const bob = await phone('1002', 'old-secret-of-bob', 1000);
    await connectPhones(alice, bob);
    await expectTwoTone(alice, bob);
    await alice.hangup();
    await bob.closed();

    const carrier = await Sipp.start(provider, { scenario: 'uas-answer', calls: 1 });
    await alice.dial(`sip:90044600111222@${host.address}`);
    await alice.established();
    await alice.hangup();
    const { trace } = await carrier.succeed();
    const { message: invite } = received(trace, 'INVITE');
    expect(invite.start).toBe(`INVITE sip:0044600111222@${provider.address}:5060 SIP/2.0`);
    expect(invite.header('From')).toContain('<sip:34911000001@acme.carrier.example>;tag=');

    const call = await Sipp.start(provider, {
      scenario: 'uac-trunk',
      remote: tandem.proxy,
      service: '34911000001',
      keys: { called: '34911000001', header: 'Subject: a call' },
      calls: 1,
    });
    await alice.incoming();
    await alice.accept();
    await alice.closed();
    await call.succeed();
  });
});
