import { expect } from 'vitest';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import type { Network } from '../harness/network.ts';
import { Sipp } from '../harness/sipp.ts';
import { Tandem } from '../harness/tandem.ts';
import { Wire } from '../harness/wire.ts';
import { fresh, write } from '../wire/request.ts';
import { script } from '../wire/sipp-script.ts';
import { acme, Office } from './office.ts';

const describe = needs('namespace', 'baresip', 'sipp');

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly layer?: string;
  readonly object?: string;
  readonly detail: string;
}

/** What `tandem trunks` says that this test looks at. */
interface Row {
  readonly trunk: string;
  readonly login: { readonly contact: string };
  readonly conditions: readonly Condition[];
}

/** A line of the log about a part of a trunk. */
type Change = Readonly<
  Record<'trunk' | 'condition' | 'status' | 'reason' | 'layer' | 'object' | 'detail', string>
>;

const domain = 'carrier.example';
const login = {
  auth: { username: 'acct', password: 'right-password', realm: domain },
  registration: { domain, retry: 5 },
};

/** Another Tandem, where we have an account. */
async function provider(network: Network): Promise<Tandem> {
  const users = [{ name: 'acct', password: 'right-password' }];
  return Tandem.start(await network.host('provider'), { name: 'carrier', domains: [domain], users });
}

/** An answer to what came last. */
function answer(said: string, more: readonly string[] = []): string {
  const head = ['Via:', 'From:', 'To:', 'Call-ID:', 'CSeq:', ...more].map((name) => `[last_${name}]`);
  return `<send><![CDATA[\n\n${[`SIP/2.0 ${said}`, ...head, 'Content-Length: 0'].join('\n')}\n\n]]></send>`;
}

/** A registrar that takes every Contact, and reaches none of them. */
const losing = [
  '<label id="4"/>',
  '<recv request="REGISTER" optional="true" next="1"/>',
  '<recv request="OPTIONS"><action><ereg regexp="OPTIONS sip:acct@" search_in="msg" assign_to="own"/></action></recv>',
  '<nop test="own" next="2"/>',
  answer('200 OK').replace('<send', '<send next="3"'),
  '<label id="2"/>',
  answer('480 Gone Away').replace('<send', '<send next="3"'),
  '<label id="1"/>',
  // The next REGISTER is of the same Call-ID.
  answer('200 OK', ['Contact:', 'Expires:']).replace('<send', '<send next="4"'),
  '<label id="3"/>',
];

/** Waits until a trunk has a condition that is as it says. */
async function changed({ tandem }: Office, wanted: Partial<Change>): Promise<Change> {
  for (;;) {
    const change = (await tandem.logged('a trunk has changed')) as Change;
    const isIt = Object.entries(wanted).every(([key, value]) => change[key as keyof Change] === value);
    if (isIt) return change;
  }
}

async function rowsOf({ tandem }: Office): Promise<Row[]> {
  return JSON.parse(await tandem.ask('trunks', '-o', 'json')) as Row[];
}

/** As `tandem get Trunk NAME` shows them. */
async function conditionsOf({ tandem }: Office, trunk: string): Promise<readonly Condition[]> {
  const said = await tandem.ask('get', 'trunk', trunk, '-o', 'json');
  const [{ status }] = JSON.parse(said) as [{ status: { conditions: Condition[] } }];
  return status.conditions;
}

describe('a trunk with a broken part', () => {
  it('names that part, and no other (TR-21, W-27, W-28)', async ({ network }) => {
    const carrier = await provider(network);
    const dead = await network.host('dead');
    const contacts = [`sip:${carrier.proxy}`];
    const broken = {
      endpoint: [{ contacts, ...login, enabled: false }, 'spec.enabled'],
      aor: [
        {
          ...login,
          contacts: [`sip:${dead.address}:5999;transport=tcp`],
          probe: { interval: 1, failures: 1 },
          registration: { ...login.registration, server: contacts[0] },
        },
        'spec.contacts[0]',
      ],
      auth: [{ contacts, ...login, auth: { ...login.auth, password: 'wrong-password' } }, 'spec.auth'],
      identify: [{ contacts }, 'spec.identify'],
      registration: [
        {
          contacts,
          ...login,
          registration: { ...login.registration, server: `sip:${dead.address}:5999;transport=tcp` },
        },
        'spec.registration',
      ],
    } as const;
    const Trunk = Object.fromEntries(Object.entries(broken).map(([name, [spec]]) => [name, spec]));
    const home = await Office.open(
      network,
      acme({ 1001: {} }, { more: { Trunk: { good: { contacts, ...login }, ...Trunk } } }),
    );
    const waiting = new Set(Object.keys(broken));
    while (waiting.size > 0)
      waiting.delete((await changed(home, { condition: 'Ready', reason: 'degraded' })).trunk);
    const all = new Map((await rowsOf(home)).map(({ conditions, trunk }) => [trunk, conditions]));
    const brokenIn = (name: string) => all.get(name)!.filter(({ status }) => status === 'false');
    for (const [name, [, field]] of Object.entries(broken)) {
      const objects = new Set(brokenIn(name).map(({ object }) => object));
      expect({ name, objects: [...objects] }).toEqual({ name, objects: [`Trunk/${name} ${field}`] });
    }
    expect(brokenIn('good')).toEqual([]);
    const shownAsData = await conditionsOf(home, 'identify');
    expect(shownAsData.filter(({ status }) => status === 'false')).toEqual(brokenIn('identify'));
    const shown = await home.tandem.ask('get', 'trunk', 'auth');
    expect(shown).toMatch(/^Auth is not well, and never was; look at Trunk\/auth spec\.auth\. Compare /m);
    expect(shown).toContain('the credentials were not taken');
    expect(shown).not.toMatch(/(?:right|wrong)-password/);
  });

  it('is degraded while calls within go on, and says which layer, since when, and when it was good (W-26, W-32)', async ({
    network,
  }) => {
    const carrier = await provider(network);
    const probe = { interval: 2, failures: 2 };
    const Trunk = {
      carrier: { contacts: [`sip:${carrier.proxy}`], identify: { sources: [carrier.host.address] }, probe },
    };
    const home = await Office.open(network, acme({ 1001: {}, 1002: {} }, { more: { Trunk } }));
    await changed(home, { condition: 'Ready', reason: 'ready' });
    await carrier.kill();
    const change = await changed(home, { condition: 'Ready', reason: 'degraded' });
    expect(change).toMatchObject({ layer: 'signaling', object: 'Trunk/carrier spec.contacts[0]' });
    const stamp = '\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z';
    expect(change.detail).toMatch(new RegExp(`down \\(since ${stamp}: .*, last good ${stamp}\\)`));
    const [caller, callee] = await home.pair();
    await caller.dial('sip:1002@acme.example');
    await callee.incoming();
    await callee.accept();
    await caller.established();
    await caller.hangup();
  });

  it('says who has called its Contact from an address that is not its own (W-19)', async ({ network }) => {
    const carrier = await provider(network);
    const trunk = {
      contacts: [`sip:${carrier.proxy}`],
      ...login,
      identify: { sources: [carrier.host.address] },
    };
    const home = await Office.open(network, acme({ 1001: {} }, { more: { Trunk: { carrier: trunk } } }));
    const { detail } = await changed(home, { condition: 'Registered', status: 'true' });
    // Only the registrar is told the token, and whoever asks on this machine.
    expect(detail).toContain(';line=… at ');
    const [row] = await rowsOf(home);
    const { contact } = row!.login;
    const stranger = await Wire.udp(network.gateway, home.tandem.host.address);
    const from = `<sip:somebody@${network.gateway}>;tag=${fresh()}`;
    stranger.send(
      write(`INVITE ${contact} SIP/2.0`, {
        Via: `SIP/2.0/UDP ${stranger.local};branch=z9hG4bK${fresh()};rport`,
        ...{ 'Max-Forwards': '70', From: from, To: `<${contact}>`, 'Call-ID': fresh(), CSeq: '1 INVITE' },
        Contact: `<sip:${stranger.local}>`,
      }).text,
    );
    const change = await changed(home, { condition: 'Identify', status: 'false' });
    expect(change).toMatchObject({
      reason: 'source-unlisted',
      layer: 'auth',
      object: 'Trunk/carrier spec.identify',
    });
    expect(change.detail).toContain(`INVITE to our contact from ${network.gateway}`);
    stranger.close();
  });

  it('says that a registrar cannot reach us, with our Contact and where it sees us (W-19)', async ({
    network,
  }) => {
    const far = await network.host('provider');
    await Sipp.start(far, { scenario: await script('lost', losing) });
    const registration = { user: 'acct', domain };
    const more = {
      Trunk: { carrier: { contacts: [`sip:${far.address}`], registration } },
      Number: { acct: { destination: { user: '1001' } } },
    };
    const home = await Office.open(network, acme({ 1001: {} }, { more }));
    await changed(home, { condition: 'Registered', status: 'true' });
    const check = async (): Promise<string> => {
      const run = home.tandem.run('trunk', 'check', 'carrier');
      await run.ended(20_000);
      return run.transcript.join('\n');
    };
    expect(await check()).toMatch(/^unknown {3}inbound {7}/m);
    expect(await check()).toMatch(/^failed {4}inbound {7}/m);
    const change = await changed(home, { condition: 'InboundVerified', status: 'false' });
    expect(change).toMatchObject({ reason: 'registered-but-no-inbound', layer: 'nat' });
    const { address } = home.tandem.host;
    expect(change.detail).toContain(`contact sip:acct@${address}:5060;line=`);
    expect(change.detail).toContain(`seen from ${address}:5060 by udp ${far.address}:5060`);
    expect(change.detail).toContain('480 Gone Away');
  });
});
