import { beforeEach, describe, expect, it } from 'vitest';
import type { ContactChange, RegistrationChange } from './change.ts';
import type { Location, LocationEvent } from './location.ts';

/** A REGISTER of one phone at 192.0.2.10, with what a test wants otherwise. */
export function sampleChange(overrides: Partial<RegistrationChange> = {}): RegistrationChange {
  return {
    callId: 'call-1@192.0.2.10',
    cseq: 1,
    contacts: [sampleContact()],
    path: [],
    flow: {
      edge: 'edge-1',
      transport: 'udp',
      host: '192.0.2.10',
      port: 5060,
      localPort: 5060,
      connection: 0,
    },
    userAgent: 'baresip v1.0.0 (x86_64/linux)',
    maxContacts: 5,
    policy: 'reject',
    ...overrides,
  };
}

/** A contact at a host, bound for an hour. */
export function sampleContact(host = '192.0.2.10', overrides: Partial<ContactChange> = {}): ContactChange {
  return { contact: `sip:1001@${host}:5060`, q: 1_000, expires: 3_600, ...overrides };
}

/** A flow over a connection. */
export function sampleConnection(connection: number, edge = 'edge-1'): RegistrationChange['flow'] {
  return { edge, transport: 'tcp', host: '192.0.2.10', port: 40_000, localPort: 5060, connection };
}

const now = 1_800_000_000_000;
const hour = 3_600_000;
const aor = 'acme/1001';

/**
 * What every backing of the registration store does. `open` gives as many instances as asked for, over the same empty
 * store; a backing of one process gives the same one.
 */
export function describeLocation(
  name: string,
  open: (instances: number) => Promise<readonly Location[]>,
): void {
  describe(`${name} as a registration store`, () => {
    let location: Location;
    let other: Location;
    /** What all instances told. */
    let events: LocationEvent[];

    beforeEach(async () => {
      const all = (await open(2)) as [Location, Location];
      [location, other] = all;
      events = [];
      for (const each of new Set(all)) each.subscribe((event) => events.push(event));
      return async () => {
        for (const each of new Set(all)) await each.close();
      };
    });

    const contactsOf = async (key = aor, at = now) => {
      const found = await location.lookup([key], at);
      return (found.get(key) ?? []).map(({ contact }) => contact);
    };
    const told = () =>
      events.map(({ change, contacts, binding }) => `${change} ${binding.contact} ${contacts}`);

    it('keeps every field of a binding', async () => {
      const flow = sampleConnection(4_294_967_296);
      const contacts = [sampleContact('a', { instance: '<urn:uuid:1>', regId: 2, q: 500 })];
      const path = ['<sip:p1.example;lr>', '"a, b" <sip:p2.example;lr>'];
      const callId = 'Þ"\\@x';
      await location.update(aor, sampleChange({ contacts, flow, path, callId, cseq: 2_147_483_647 }), now);
      expect((await location.lookup([aor], now)).get(aor)).toEqual([
        {
          contact: 'sip:1001@a:5060',
          q: 500,
          instance: '<urn:uuid:1>',
          regId: 2,
          expiresAt: now + hour,
          callId,
          cseq: 2_147_483_647,
          path,
          flow,
          userAgent: 'baresip v1.0.0 (x86_64/linux)',
          registeredAt: now,
          updatedAt: now,
        },
      ]);
    });

    it('keeps which of the addresses that move between edges a phone has sent to', async () => {
      const flow = { ...sampleChange().flow, localHost: '192.0.2.100' };
      await location.update(aor, sampleChange({ flow }), now);
      expect((await location.lookup([aor], now)).get(aor)?.[0]?.flow).toEqual(flow);
    });

    it('notes what asking a phone has told, until it registers again, and tells nobody', async () => {
      const { flow } = sampleChange();
      const contacts = [sampleContact('a', { keepAlive: 25 })];
      const health = async () => {
        const [binding] = (await other.lookup([aor], now)).get(aor) ?? [];
        return [binding?.keepAlive, binding?.unreachableSince, binding?.latency];
      };
      await location.update(aor, sampleChange({ contacts }), now);
      expect(await health()).toEqual([25, undefined, undefined]);
      await location.probed(aor, { flow, latency: 12 }, now);
      expect(await health()).toEqual([25, undefined, 12]);
      await location.probed(aor, { flow, unreachableSince: now + 75_000 }, now);
      expect(await health()).toEqual([25, now + 75_000, 12]);
      await location.update(aor, sampleChange({ cseq: 2, contacts }), now);
      expect(await health()).toEqual([25, undefined, 12]);
      const moved = { ...flow, localHost: '192.0.2.100' };
      await other.probed(aor, { flow: moved, latency: 1 }, now);
      expect(await health()).toEqual([25, undefined, 12]);
      await location.update(aor, sampleChange({ cseq: 3, contacts, flow: moved }), now);
      expect(await health()).toEqual([25, undefined, undefined]);
      expect(told()).toEqual(
        ['registered', 'refreshed', 'refreshed'].map((change) => `${change} sip:1001@a:5060 1`),
      );
    });

    it('returns the whole resulting set, and tells of each change', async () => {
      await location.update(aor, sampleChange({ contacts: [sampleContact('a')] }), now);
      const { bindings } = await location.update(
        aor,
        sampleChange({ callId: 'b', contacts: [sampleContact('b')] }),
        now,
      );
      expect(bindings?.map(({ contact }) => contact)).toEqual(['sip:1001@a:5060', 'sip:1001@b:5060']);
      expect(told()).toEqual(['registered sip:1001@a:5060 1', 'registered sip:1001@b:5060 2']);
      expect(events[1]).toMatchObject({ aor, at: now, change: 'registered', contacts: 2 });
    });

    it('changes nothing and tells nobody when it refuses', async () => {
      await location.update(aor, sampleChange(), now);
      const { refusal } = await location.update(
        aor,
        sampleChange({ contacts: [sampleContact('b'), sampleContact()] }),
        now,
      );
      expect(refusal?.kind.code).toBe('registration-out-of-order');
      expect(await contactsOf()).toEqual(['sip:1001@192.0.2.10:5060']);
      expect(events).toHaveLength(1);
    });

    it('applies concurrent updates one after the other', async () => {
      const hosts = ['a', 'b', 'c', 'd', 'e', 'f'];
      const updates = hosts.map((host) =>
        location.update(aor, sampleChange({ callId: host, contacts: [sampleContact(host)] }), now),
      );
      const refused = (await Promise.all(updates)).filter(({ refusal }) => refusal !== undefined);
      expect(refused).toHaveLength(1);
      expect(await contactsOf()).toHaveLength(5);
    });

    it('removes everything', async () => {
      await location.update(aor, sampleChange(), now);
      await location.update(aor, sampleChange({ contacts: 'all', cseq: 2 }), now);
      expect(await contactsOf()).toEqual([]);
      expect(told()).toEqual([
        'registered sip:1001@192.0.2.10:5060 1',
        'unregistered sip:1001@192.0.2.10:5060 0',
      ]);
    });

    it('tells addresses of record apart, however alike', async () => {
      const aors = ['acme/my-name', 'acme/my-other-name', 'acme/my', 'other/my-name'];
      for (const each of aors)
        await location.update(each, sampleChange({ contacts: [sampleContact(`${each.length}x`)] }), now);
      const found = await location.lookup([...aors, 'acme/nobody'], now);
      expect([...found.keys()].sort()).toEqual([...aors].sort());
    });

    it('never returns what has expired, even before it is cleared away', async () => {
      await location.update(aor, sampleChange({ contacts: [sampleContact('a', { expires: 60 })] }), now);
      expect(await contactsOf(aor, now + 59_999)).toHaveLength(1);
      expect(await contactsOf(aor, now + 60_000)).toHaveLength(0);
      expect((await location.list({ limit: 10 }, now + 60_000)).registrations).toEqual([]);
    });

    it('clears away what has expired and tells of it once', async () => {
      const contacts = [sampleContact('a', { expires: 60 }), sampleContact('b')];
      await location.update(aor, sampleChange({ contacts }), now);
      for (const at of [30_000, 61_000, 62_000]) await location.expire(now + at);
      expect(told().slice(2)).toEqual(['expired sip:1001@a:5060 1']);
      await location.expire(now + hour + 1_000);
      expect(told().slice(3)).toEqual(['expired sip:1001@b:5060 0']);
    });

    it('does not expire what was refreshed', async () => {
      await location.update(aor, sampleChange({ contacts: [sampleContact('a', { expires: 60 })] }), now);
      await location.update(
        aor,
        sampleChange({ cseq: 2, contacts: [sampleContact('a', { expires: 60 })] }),
        now + 50_000,
      );
      await location.expire(now + 61_000);
      expect(await contactsOf(aor, now + 61_000)).toHaveLength(1);
      await location.expire(now + 111_000);
      expect(told().at(-1)).toBe('expired sip:1001@a:5060 0');
    });

    it('expires a contact whose time was cut short', async () => {
      await location.update(aor, sampleChange({ contacts: [sampleContact('a')] }), now);
      await location.update(
        aor,
        sampleChange({ cseq: 2, contacts: [sampleContact('a', { expires: 60 })] }),
        now,
      );
      await location.expire(now + 61_000);
      expect(told().at(-1)).toBe('expired sip:1001@a:5060 0');
    });

    it('removes the bindings of a connection that has ended, and no others', async () => {
      const bind = (host: string, flow: RegistrationChange['flow'], key = aor) =>
        location.update(key, sampleChange({ callId: host, contacts: [sampleContact(host)], flow }), now);
      await bind('a', sampleConnection(7));
      await bind('b', sampleConnection(8));
      await bind('c', sampleConnection(7, 'edge-2'));
      await bind('d', sampleChange().flow);
      await bind('e', sampleConnection(7), 'acme/1002');
      await location.flowEnded('edge-1', 7, now);
      expect(await contactsOf()).toEqual(['sip:1001@b:5060', 'sip:1001@c:5060', 'sip:1001@d:5060']);
      expect(await contactsOf('acme/1002')).toEqual([]);
      expect(told().slice(5).sort()).toEqual([
        'unregistered sip:1001@a:5060 3',
        'unregistered sip:1001@e:5060 0',
      ]);
    });

    it('keeps a binding that has moved to another connection', async () => {
      await location.update(aor, sampleChange({ flow: sampleConnection(7) }), now);
      await location.update(aor, sampleChange({ cseq: 2, flow: sampleConnection(8) }), now);
      await location.flowEnded('edge-1', 7, now);
      expect(await contactsOf()).toHaveLength(1);
    });

    it('lists every registration on exactly one page, though others come and go', async () => {
      const names = Array.from({ length: 10 }, (_, index) => `acme/${index}`);
      for (const each of names) await location.update(each, sampleChange(), now);
      const listed: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await location.list({ limit: 3, cursor }, now);
        listed.push(...page.registrations.map((registration) => registration.aor));
        ({ cursor } = page);
        await location.update(
          names.find((each) => !listed.includes(each)) ?? 'acme/x',
          sampleChange({ callId: 'y' }),
          now,
        );
        await location.update(listed[0]!, sampleChange({ contacts: 'all', callId: 'z' }), now);
      } while (cursor !== undefined);
      expect(new Set(listed).size).toBe(listed.length);
      expect(names.filter((each) => !listed.includes(each))).toEqual([]);
    });

    it('counts the addresses of record that have bindings', async () => {
      expect(await location.count()).toBe(0);
      for (const name of ['1', '2', '3']) await location.update(`acme/${name}`, sampleChange(), now);
      await location.update('acme/1', sampleChange({ callId: 'other', contacts: [sampleContact('b')] }), now);
      expect(await other.count()).toBe(3);
      await location.expire(now + 2 * hour);
      await location.expire(now + 2 * hour);
      expect(await other.count()).toBe(0);
    });

    it('lists one tenant alone', async () => {
      for (const each of ['acme/1001', 'acme-2/1001']) await location.update(each, sampleChange(), now);
      const { registrations } = await location.list({ limit: 10, tenant: 'acme' }, now);
      expect(registrations.map((registration) => registration.aor)).toEqual(['acme/1001']);
      expect(registrations[0]?.bindings).toHaveLength(1);
    });

    it('removes the bindings of all connections of an edge that is gone, and no others', async () => {
      const bind = (host: string, flow: RegistrationChange['flow'], key = aor) =>
        location.update(key, sampleChange({ callId: host, contacts: [sampleContact(host)], flow }), now);
      await bind('a', sampleConnection(7));
      await bind('b', sampleConnection(8));
      await bind('c', sampleConnection(9));
      await bind('d', sampleConnection(7, 'edge-2'));
      await bind('e', sampleChange().flow);
      await bind('f', sampleConnection(8), 'acme/1002');
      await other.edgeEnded('edge-1', 9, now);
      expect(await contactsOf()).toEqual(['sip:1001@c:5060', 'sip:1001@d:5060', 'sip:1001@e:5060']);
      expect(await contactsOf('acme/1002')).toEqual([]);
      expect(
        told()
          .slice(6)
          .map((line) => line.slice(0, -2))
          .sort(),
      ).toEqual([
        'unregistered sip:1001@a:5060',
        'unregistered sip:1001@b:5060',
        'unregistered sip:1001@f:5060',
      ]);
    });

    it('removes the bindings of an edge with very many connections', async () => {
      const users = Array.from({ length: 600 }, (_, user) => user + 1);
      await Promise.all(
        users.map((user) =>
          location.update(`acme/${user}`, sampleChange({ flow: sampleConnection(user) }), now),
        ),
      );
      await Promise.all([location.edgeEnded('edge-1', 601, now), other.edgeEnded('edge-1', 601, now)]);
      expect((await location.list({ limit: 10 }, now)).registrations).toEqual([]);
      expect(told().filter((line) => line.startsWith('unregistered'))).toHaveLength(600);
    });

    it('lets a change that is repeated do again what it may have done, and nothing else', async () => {
      const again = sampleChange({ cseq: 2, repeated: true });
      await location.update(aor, sampleChange({ cseq: 2 }), now);
      const { bindings } = await other.update(aor, again, now);
      expect(bindings).toHaveLength(1);
      await location.update(aor, sampleChange({ cseq: 3 }), now);
      expect((await other.update(aor, again, now)).refusal?.kind.code).toBe('registration-out-of-order');
      const removal = sampleChange({ cseq: 4, contacts: 'all' });
      await location.update(aor, removal, now);
      expect((await other.update(aor, { ...removal, repeated: true }, now)).bindings).toEqual([]);
    });

    it('shows each instance what the other one wrote', async () => {
      await location.update(aor, sampleChange({ contacts: [sampleContact('a')] }), now);
      const { bindings } = await other.update(
        aor,
        sampleChange({ callId: 'b', contacts: [sampleContact('b')] }),
        now,
      );
      expect(bindings).toHaveLength(2);
      await location.update(aor, sampleChange({ cseq: 2, contacts: [sampleContact('a')] }), now);
      expect((await other.lookup([aor], now)).get(aor)?.map(({ contact, cseq }) => [contact, cseq])).toEqual([
        ['sip:1001@b:5060', 1],
        ['sip:1001@a:5060', 2],
      ]);
      const late = await other.update(aor, sampleChange({ contacts: [sampleContact('a')] }), now);
      expect(late.refusal?.kind.code).toBe('registration-out-of-order');
    });

    it('begins anew where the other instance has removed everything', async () => {
      await location.update(aor, sampleChange(), now);
      await other.update(aor, sampleChange({ contacts: 'all', cseq: 2 }), now);
      const { bindings } = await location.update(aor, sampleChange({ callId: 'b' }), now + 1_000);
      expect(bindings).toMatchObject([{ registeredAt: now + 1_000 }]);
      expect((await other.list({ limit: 10 }, now)).registrations).toHaveLength(1);
    });

    it('applies concurrent updates through both instances one after the other', async () => {
      const hosts = Array.from({ length: 12 }, (_, index) => `host-${index}`);
      const updates = hosts.map((host, index) =>
        (index % 2 ? location : other).update(
          aor,
          sampleChange({ callId: host, contacts: [sampleContact(host)], maxContacts: 7 }),
          now,
        ),
      );
      const refused = (await Promise.all(updates)).filter(({ refusal }) => refusal !== undefined);
      expect(refused).toHaveLength(5);
      expect(await contactsOf()).toHaveLength(7);
      expect(events).toHaveLength(7);
    });

    it('removes the bindings of a connection whose end the other instance is told', async () => {
      await location.update(aor, sampleChange({ flow: sampleConnection(7) }), now);
      await other.flowEnded('edge-1', 7, now);
      expect(await contactsOf()).toEqual([]);
      expect(told().at(-1)).toBe('unregistered sip:1001@192.0.2.10:5060 0');
    });

    it('tells of each end once, whichever instance clears it away', async () => {
      const users = Array.from({ length: 300 }, (_, user) => `acme/${user}`);
      const change = sampleChange({ contacts: [sampleContact('a', { expires: 60 })] });
      await Promise.all(users.map((user, index) => (index % 2 ? location : other).update(user, change, now)));
      for (const at of [61_000, 62_000]) {
        await Promise.all([location.expire(now + at), other.expire(now + at)]);
      }
      expect(events.filter((event) => event.change === 'expired')).toHaveLength(300);
    });

    it('tells a listener nothing after it has gone', async () => {
      const late: LocationEvent[] = [];
      const stop = location.subscribe((event) => late.push(event));
      stop();
      await location.update(aor, sampleChange(), now);
      expect([late.length, events.length]).toEqual([0, 1]);
    });
  });
}
