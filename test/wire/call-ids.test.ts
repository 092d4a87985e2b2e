import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { event } from '@tandem/contract';
import { expect } from 'vitest';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { Sipp } from '../harness/sipp.ts';
import { nextAccount } from './acme.ts';
import { bind, calling, scenario } from './desk.ts';
import { it } from './fixture.ts';

const describe = needs('namespace', 'sipp');

const calls = 10_000;
/** As fast as they come about: so many at a time, each of which begins when another one is over. */
const rate = 1_000;
const limit = 100;
const deadline = 600_000;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The patient caller, who repeats nothing for four seconds here: nothing is lost, and what is answered twice makes sipp give up. */
async function unhurried(): Promise<string> {
  const patient = await readFile(scenario('uac-patient'), 'utf8');
  const file = join(await mkdtemp(join(tmpdir(), 'call-ids-')), 'uac.xml');
  await writeFile(file, patient.replaceAll('retrans="100"', 'retrans="4000"'));
  return file;
}

type Kind = NonNullable<event.Event['kind']>;

/** Tandem's ids of the calls that events of a kind are about, with the legs that they name. */
function idsOf(events: readonly event.Event[], kind: Kind['$case']): { call: string; leg: string }[] {
  return events.flatMap(({ kind: each }) =>
    each?.$case === kind && 'call' in each.value
      ? [{ call: each.value.call, leg: 'leg' in each.value ? each.value.leg : '' }]
      : [],
  );
}

describe('10,000 calls', () => {
  it('each have an id of their own, in all their events and lines of the log', {
    timeout: 2 * deadline,
  }, async ({ network, tiers: open }) => {
    const tiers = await open();
    await tiers.edge('edge-1', network.gateway, { sipSourceRate: 10 * rate });
    const remote = `${network.gateway}:5060`;
    const [alice, bob] = [nextAccount(), nextAccount()];
    const [near, far] = [await network.host('caller'), await network.host('callee')];
    await bind(far, remote, bob);
    const uas = await Sipp.start(far, { scenario: 'uas-answer', calls, traced: false });
    const uac = await Sipp.start(near, {
      ...calling(alice, bob),
      scenario: await unhurried(),
      remote,
      calls,
      rate,
      limit,
      traced: false,
    });
    await uac.succeed(deadline);
    await uas.succeed(deadline);

    const isLast = ({ msg }: Record<string, unknown>) => msg === 'call ended';
    await until(
      () => 'the end of the last call',
      () => tiers.lines.filter(isLast).length >= calls,
    );
    const events = tiers.events.drain();
    const started = idsOf(events, 'callStarted');
    const ids = new Set(started.map(({ call }) => call));
    expect(started).toHaveLength(calls);
    expect(ids.size).toBe(calls);
    expect([...ids].filter((id) => !uuid.test(id))).toEqual([]);
    for (const kind of ['callRinging', 'callAnswered', 'callEnded'] as const) {
      expect(new Set(idsOf(events, kind).map(({ call }) => call))).toEqual(ids);
      expect(idsOf(events, kind)).toHaveLength(calls);
    }
    const legs = [...started, ...idsOf(events, 'callAnswered')].map(({ leg }) => leg);
    expect(new Set(legs).size).toBe(2 * calls);

    const lines = tiers.lines.filter(({ sipCallId }) => sipCallId !== undefined);
    expect(lines.filter(({ callId }) => !ids.has(String(callId)))).toEqual([]);
    expect(new Set(lines.filter(isLast).map(({ callId }) => callId)).size).toBe(calls);
    const pairs = new Set(lines.map(({ callId, sipCallId }) => `${String(callId)} ${String(sipCallId)}`));
    expect(pairs.size).toBe(calls);
    expect(tiers.sessions).toBe(0);
  });
});
