import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from '@tandem/resource';
import { dryRun } from '@tandem/router';
import { describe, expect, it as plain } from 'vitest';
import { Baresip } from '../harness/baresip.ts';
import { it } from '../harness/fixture.ts';
import type { Host } from '../harness/host.ts';
import { needs } from '../harness/needs.ts';
import type { Network } from '../harness/network.ts';
import { Sipp } from '../harness/sipp.ts';
import { received } from '../harness/sipp-trace.ts';
import { Tandem } from '../harness/tandem.ts';

const examples = join(import.meta.dirname, '../../deploy/examples');

describe('every example', async () => {
  const files = (await readdir(examples)).filter((name) => name.endsWith('.yaml'));
  plain.each(files)('loads: %s', async (name) => {
    const snapshot = await load(join(examples, name));
    expect(snapshot.userCount).toBeGreaterThan(0);
  });
});

describe('the example of docs/trunks.md', () => {
  plain.each([
    [{ from: '1002@acme.example', to: '600111222' }, 'world: +34600111222 begins with +, by carrier'],
    [{ from: '1001@acme.example', to: '803111222' }, '1001 does not have the class of service premium'],
    [{ from: '+34600111222', to: '0034911000001', source: '203.0.113.10' }, 'then goes to user 1002'],
  ])('does what the page says: %j', async (call, finding) => {
    const page = await readFile(join(import.meta.dirname, '../../docs/trunks.md'), 'utf8');
    const folder = await mkdtemp(join(tmpdir(), 'tandem-page-'));
    await writeFile(join(folder, 'all.yaml'), /```yaml\n(.*?)```/s.exec(page)![1]!);
    const { explanation } = await dryRun(await load(folder), async () => new Map(), call, 0);
    expect(explanation.map((step) => step.finding)).toContain(finding);
  });
});

describe('the call centre', () => {
  const [open, closed] = [Date.parse('2026-11-23T10:00:00Z'), Date.parse('2026-11-23T22:00:00Z')];
  const carrier = { source: '203.0.113.10' };
  const findings = async (call: { from: string; to: string; source?: string }, at: number) => {
    const snapshot = await load(join(examples, 'call-centre.yaml'));
    const { explanation } = await dryRun(snapshot, async () => new Map(), { source: undefined, ...call }, at);
    return explanation.map(({ finding }) => finding).join('\n');
  };

  plain.each([
    ['+34600111222', '+34911000001', open, 'goes to user sales'],
    ['+34600111222', '0034911000001', closed, 'goes to user night'],
    ['+34600111222', '911000002', closed, 'goes to user support'],
    ['+44600111222', '+34911000002', open, 'goes to user night'],
  ])('sends a call of %s to %s where it belongs', async (from, to, at, finding) => {
    expect(await findings({ ...carrier, from, to }, at)).toContain(finding);
  });

  plain.each([
    ['sales@centre.example', '600111222', '+34600111222 begins with +34, by carrier'],
    ['sales@centre.example', '0044600111222', 'sales does not have the class of service international'],
    ['support@centre.example', '0044600111222', '+44600111222 begins with +, by carrier'],
  ])('lets %s call %s as its class allows', async (from, to, finding) => {
    expect(await findings({ from, to }, open)).toContain(finding);
  });
});

/** Starts an example, with hosts of the test in place of its addresses. */
async function start(network: Network, name: string, hosts: Readonly<Record<string, string>>) {
  const host = await network.host('tandem');
  let text = await readFile(join(examples, `${name}.yaml`), 'utf8');
  for (const [written, address] of Object.entries(hosts)) text = text.replaceAll(written, address);
  const folder = await mkdtemp(join(tmpdir(), 'tandem-example-'));
  await writeFile(join(folder, `${name}.yaml`), text);
  return Tandem.start(host, folder);
}

async function phone(network: Network, { proxy }: Tandem, user: string, domain: string): Promise<Baresip> {
  const account = { user, password: 'change-me', domain, proxy, transport: 'udp', tone: 440 } as const;
  const made = await Baresip.start(await network.host(`phone-${user}`), account);
  await made.register();
  return made;
}

/** A call to a number outside that a carrier answers; its Request-URI. */
async function callOut(alice: Baresip, carrier: Sipp, uri: string): Promise<string> {
  await alice.dial(uri);
  await alice.established();
  await alice.hangup();
  const { trace } = await carrier.succeed();
  return received(trace, 'INVITE').message.start;
}

/** Waits until a trunk has logged in. */
async function registered(tandem: Tandem): Promise<void> {
  for (;;) {
    const { condition, status } = await tandem.logged('a trunk has changed');
    if (condition === 'Registered' && status === 'true') return;
  }
}

const calling = needs('namespace', 'baresip', 'sipp');

calling('an example that is called', () => {
  it('has the way out and the way in: ip-trunk (TR-01, TR-24)', async ({ network }) => {
    const provider = await network.host('carrier');
    const tandem = await start(network, 'ip-trunk', { '203.0.113.10': provider.address });
    const alice = await phone(network, tandem, '1001', 'acme.example');
    const carrier = await Sipp.start(provider, { scenario: 'uas-answer', calls: 1 });
    const invite = await callOut(alice, carrier, 'sip:+34600111222@acme.example');
    expect(invite).toBe(`INVITE sip:+34600111222@${provider.address} SIP/2.0`);
    const number = '+34911000001';
    const keys = { called: number, header: 'Subject: a call' };
    const remote = tandem.proxy;
    const call = await Sipp.start(provider, {
      scenario: 'uac-trunk',
      remote,
      service: number,
      keys,
      calls: 1,
    });
    await alice.incoming();
    await alice.accept();
    await alice.closed();
    await call.succeed();
  });

  it('goes to the second carrier when the first is away: two-carriers (TR-26)', async ({ network }) => {
    const [north, south] = await Promise.all([network.host('north'), network.host('south')]);
    const hosts = { '203.0.113.10': north.address, '203.0.113.20': south.address };
    const tandem = await start(network, 'two-carriers', hosts);
    const alice = await phone(network, tandem, '1001', 'acme.example');
    const carrier = await Sipp.start(south, { scenario: 'uas-answer', calls: 1 });
    const line = await callOut(alice, carrier, 'sip:+44600111222@acme.example');
    expect(line).toBe(`INVITE sip:+44600111222@${south.address} SIP/2.0`);
  });

  it('rings the account that it has logged in with: registered-trunk (TR-22)', async ({ network }) => {
    const provider = await Tandem.start(await network.host('provider'), {
      name: 'carrier',
      domains: ['carrier.example'],
      users: [
        { name: 'acct', password: 'change-me-too' },
        { name: 'caller', password: 'change-me' },
      ],
    });
    const tandem = await start(network, 'registered-trunk', { '203.0.113.10': provider.host.address });
    await registered(tandem);
    const alice = await phone(network, tandem, '1001', 'acme.example');
    const far = await phone(network, provider, 'caller', 'carrier.example');
    await far.dial('sip:acct@carrier.example');
    await alice.incoming();
    await alice.accept();
    await far.established();
    await far.hangup();
    await alice.closed();
  });

  // Debian has no Asterisk: sipp stands in for what the queue does, a call that it answers and one to an agent.
  it('leaves the queue to Asterisk, and has the agents rung by it: asterisk-queue (KA-54)', async ({
    network,
  }) => {
    const [provider, queue] = await Promise.all([network.host('carrier'), network.host('asterisk')]);
    const hosts = { '203.0.113.10': provider.address, '198.51.100.20': queue.address };
    const tandem = await start(network, 'asterisk-queue', hosts);
    const agent = await phone(network, tandem, 'agent-1', 'centre.example');
    const answering = await Sipp.start(queue, { scenario: 'uas-answer', calls: 1 });
    const dial = (from: Host, called: string) =>
      Sipp.start(from, {
        scenario: 'uac-trunk',
        remote: tandem.proxy,
        service: called,
        keys: { called, header: 'Subject: a call' },
        calls: 1,
      });
    await (await dial(provider, '911000002')).succeed();
    const { trace } = await answering.succeed();
    expect(received(trace, 'INVITE').message.start).toBe(`INVITE sip:700@${queue.address} SIP/2.0`);
    const member = await dial(queue, '7001');
    await agent.incoming();
    await agent.accept();
    await agent.closed();
    await member.succeed();
    await expect((await dial(provider, '7001')).succeed()).rejects.toThrow();
  });

  it('rings the team whose number is called: call-centre (TR-05)', async ({ network }) => {
    const provider = await network.host('carrier');
    const tandem = await start(network, 'call-centre', { '203.0.113.10': provider.address });
    const support = await phone(network, tandem, 'support', 'centre.example');
    const keys = { called: '911000002', header: 'Subject: a call' };
    const to = { remote: tandem.proxy, service: '911000002', keys };
    const call = await Sipp.start(provider, { scenario: 'uac-trunk', ...to, calls: 1 });
    await support.incoming();
    await support.accept();
    await support.closed();
    await call.succeed();
  });
});
