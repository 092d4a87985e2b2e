import { expect } from 'vitest';
import { Cluster } from '../harness/cluster.ts';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { Tandem } from '../harness/tandem.ts';
import type { TandemProcess } from '../harness/tandem-process.ts';
import { figure, milliseconds } from './figures.ts';
import { it, SCENARIO } from './fixture.ts';

const describe = needs('namespace', 'nats-server', 'redis-server', 'etcd');

const account = { name: 'acct', password: 'of-acct' };
const domain = 'carrier.example';

/** What `tandem trunks` says that this test looks at. */
interface Row {
  readonly owner: string;
  readonly login?: { readonly callId: string; readonly sequence: number; readonly contact: string };
}

/** What `tandem trunk check` says. */
interface Checked {
  readonly steps: readonly { readonly name: string; readonly status: string }[];
}

/** Milliseconds: a lease of a dead node ends within ten seconds. */
const WAIT = 15_000;

async function rowsOf<T>(node: TandemProcess, listing: string): Promise<T[]> {
  return JSON.parse(await node.ask(listing, '-o', 'json')) as T[];
}

describe('a trunk node that is killed', () => {
  it('has another one go on with its login when its lease has ended (PJ-07, W-29)', {
    timeout: SCENARIO,
  }, async () => {
    const acme = { name: 'acme', domains: ['acme.example'], users: [] };
    const cluster = await Cluster.start('trunk killed', {
      tenant: acme,
      counts: { edge: 1, router: 1, media: 0, trunk: 3 },
    });
    try {
      const carrier = await Tandem.start(await cluster.network.host('carrier'), {
        ...{ name: 'carrier', domains: [domain], users: [account] },
        registration: { minExpires: 10 },
      });
      const auth = { username: account.name, password: account.password, realm: domain };
      const registration = { domain, expires: 30 };
      const Trunk = { carrier: { contacts: [`sip:${carrier.proxy}`], auth, registration } };
      const numbers = { acct: { destination: { uri: 'sip:desk@elsewhere.example' } } };
      await cluster.configure({ ...acme, more: { Trunk, Number: numbers } });
      const bindings = (): Promise<{ contact: string }[]> => rowsOf(carrier, 'registrations');
      const kept = async (): Promise<Row | undefined> => (await rowsOf<Row>(cluster.edge(0), 'trunks'))[0];
      await until(
        () => 'the trunk to be registered',
        async () => (await bindings()).length === 1 && (await kept())?.login?.contact !== '',
        WAIT,
      );
      const before = (await kept())!;
      const killed = performance.now();
      await [0, 1, 2]
        .map((index) => cluster.trunk(index))
        .find(({ id }) => id === before.owner)!
        .kill();
      await until(
        () => `another owner than ${before.owner}`,
        async () => (await kept())!.owner !== before.owner,
        WAIT,
      );
      figure(
        `trunk node killed: another one has its login after ${milliseconds(performance.now() - killed)}`,
      );
      const after = (await kept())!;
      expect(after.login!.callId).toBe(before.login!.callId);
      expect(after.login!.sequence).toBeGreaterThanOrEqual(before.login!.sequence);
      expect(await bindings()).toMatchObject([{ contact: after.login!.contact }]);
      // Any node has the new owner look at it, which sends the next number of the same login.
      const checked = JSON.parse(
        await cluster.router(0).ask('trunk', 'check', 'carrier', '-o', 'json'),
      ) as Checked;
      expect(checked).toMatchObject({ tenant: 'acme', node: after.owner });
      const wrong = checked.steps.filter(({ status }) => status === 'failed' || status === 'skipped');
      expect(wrong).toEqual([]);
      expect((await kept())!.login!).toMatchObject({ callId: before.login!.callId });
      expect((await kept())!.login!.sequence).toBeGreaterThan(after.login!.sequence);
    } finally {
      await cluster.close();
    }
  });
});
