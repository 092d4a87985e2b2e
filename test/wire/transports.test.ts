import { type Call, type IncomingCall, Phone, type Protocol } from '@tandem/cli/phone';
import { Authority } from '../harness/authority.ts';
import { needs } from '../harness/needs.ts';
import { acme, nextAccount } from './acme.ts';
import { everyTransport, ports } from './everywhere.ts';
import { it as base } from './fixture.ts';
import { address, Tiers } from './tiers.ts';

const describe = needs('namespace', 'openssl');

const [here, there] = [address(11), address(12)];
const transports = ['udp', 'tcp', 'tls', 'wss'] as const;
const pairs = [
  ...transports.flatMap((from) => transports.map((to) => [from, to] as const)),
  ...(['udp', 'ws', 'wss'] as const).map((to) => ['ws', to] as const),
  ['tls', 'ws'] as const,
];

/** Two edges that speak everything, for all tests of the file. */
const it = base.extend<{ readonly edges: Tiers }>({
  edges: [
    async ({ tenant }, use) => {
      const tiers = await Tiers.open(tenant);
      const issued = await (await Authority.create()).issue([`DNS:${acme.domains[0]}`]);
      await tiers.edge('edge-1', here, everyTransport(here, issued));
      await tiers.edge('edge-2', there, everyTransport(there, issued));
      await use(tiers);
      await tiers.close();
    },
    { scope: 'file', auto: true },
  ],
});

/** Tandem's own phone, registered at an edge. */
async function registered(transport: Protocol, host: string): Promise<Phone> {
  const proxy = { transport, host, port: ports[transport] };
  const account = nextAccount();
  const phone = await Phone.open({
    account,
    proxy,
    local: { host: address(1) },
    security: { insecure: true },
  });
  await phone.register();
  return phone;
}

/** A call of which each side changes the media, until the first one hangs up. */
async function talk(alice: Phone, bob: Phone, hangsUp: 'caller' | 'callee'): Promise<string[]> {
  const coming = new Promise<IncomingCall>((resolve) => bob.once('incoming', resolve));
  const caller = await alice.call(bob.account.user);
  const callee = await coming;
  await Promise.all([callee.answer(), caller.whenAnswered()]);
  const held = [await hold(caller, callee), await hold(callee, caller)];
  const [first, second] = hangsUp === 'caller' ? [caller, callee] : [callee, caller];
  const over = second.whenEnded();
  await first.hangUp();
  const { by, status } = await over;
  return [...held, `${by} ${status}`];
}

/** What the other side hears of a hold, and of its end. */
async function hold(side: Call, other: Call): Promise<string> {
  await side.hold();
  const during = other.session.agreed?.sending;
  await side.resume();
  return `${during} ${other.session.agreed?.sending}`;
}

const wellDone = ['false true', 'false true', 'remote 200'];

describe('a call', () => {
  it.concurrent.for(pairs)(
    'goes from %s to %s, is changed and ended by either side',
    async ([from, to], { expect }) => {
      const [alice, bob] = [await registered(from, here), await registered(to, here)];
      expect(await talk(alice, bob, 'caller')).toEqual(wellDone);
      expect(await talk(alice, bob, 'callee')).toEqual(wellDone);
      await Promise.all([alice.close(), bob.close()]);
    },
  );

  it.concurrent.for(transports)(
    'goes over two edges from %s to a secure WebSocket of the other one, and back',
    async (from, { expect }) => {
      const [alice, bob] = [await registered(from, here), await registered('wss', there)];
      expect(await talk(alice, bob, 'caller')).toEqual(wellDone);
      expect(await talk(bob, alice, 'callee')).toEqual(wellDone);
      await Promise.all([alice.close(), bob.close()]);
    },
  );

  it('leaves no media behind', ({ edges, expect }) => {
    expect(edges.sessions).toBe(0);
  });
});
