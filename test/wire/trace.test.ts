import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { seriesOf } from '../harness/scrape.ts';
import { configuration, type Tandem } from '../harness/tandem.ts';
import { MAIN } from '../harness/tandem-process.ts';
import { connect, hangUp } from './call.ts';
import { it } from './fixture.ts';
import type { Phone } from './phone.ts';

const describe = needs('namespace');

/** What happens to a call that is let through and answered, in order. */
const course = [
  /\|-- INVITE \(SDP\) -+>\|/,
  /\* router: challenge with 407, credentials-missing/,
  /\|<- 407 Proxy Auth/,
  /\|-- ACK -+>\|/,
  /\|-- INVITE \(SDP\) -+>\|/,
  /\* router: relay, call [0-9a-f-]{36}/,
  /^ .*identity: /,
  /\* media: open/,
  /\| +\|-- INVITE \(SDP\) -+>\|/,
  /\| +\|<- 200 OK \(SDP\)/,
  /\|<- 200 OK \(SDP\) -+\|/,
  /\|-- ACK -+>\|/,
  /\| +\|-- ACK -+>\|/,
  /\|-- BYE -+>\|/,
  /\| +\|-- BYE -+>\|/,
  /\| +\|<- 200 OK -/,
  /\|<- 200 OK -/,
  /\* call: ended by caller: 200, success, /,
] as const;

describe('tandem trace', () => {
  it('shows a call from its INVITE to its end, by either of its ids', async ({ live: { tandem }, phone }) => {
    const [alice, bob] = [await phone(), await phone()];
    const { callId, id } = await callOf(tandem, alice, bob);
    const shown = await traced(tandem, callId);
    expect(inOrder(shown.split('\n'))).toEqual([]);
    expect(shown).toContain(`Call-ID ${callId}, call ${id}`);
    expect(await tandem.ask('trace', id)).toBe(shown);
  });

  it('shows no credentials, and all else', async ({ live: { tandem }, phone }) => {
    const [alice, bob] = [await phone(), await phone()];
    const { callId } = await callOf(tandem, alice, bob);
    const shown = await traced(tandem, callId, '--verbose');
    expect(shown).toMatch(/Proxy-Authorization: Digest .*nonce="[^"]+".*response="\*\*\*"/);
    expect(shown).not.toMatch(/response="?[0-9a-f]/);
    expect(shown).toContain('m=audio');
    const batches = (await tandem.ask('trace', callId, '-o', 'json')).trim().split('\n');
    expect(batches.map((batch) => JSON.parse(batch).callId)).toEqual(batches.map(() => callId));
  });

  it('follows the calls of a user as they happen', async ({ live: { tandem }, phone }) => {
    const [alice, bob, carol] = [await phone(), await phone(), await phone()];
    const following = tandem.run('trace', '--follow', '--user', bob.account.user);
    await following.line(/^calls are shown as they happen/);
    await callOf(tandem, alice, carol);
    const { callId } = await callOf(tandem, alice, bob);
    await following.line(new RegExp(`^Call-ID ${callId}`));
    await following.line(/call: ended by caller/);
    expect(following.transcript.filter((line) => line.startsWith('Call-ID'))).toEqual(
      following.transcript.filter((line) => line.includes(callId)),
    );
    await following.stop();
  });

  it('is a recording, which tells what another configuration would do', async ({
    live: { tandem },
    phone,
  }) => {
    const [alice, bob] = [await phone(), await phone()];
    const { callId } = await callOf(tandem, alice, bob);
    await traced(tandem, callId);
    const folder = await mkdtemp(join(tmpdir(), 'tandem-replay-'));
    const [recording, current, proposed] = ['calls', 'current.yaml', 'proposed.yaml'].map((name) =>
      join(folder, name),
    );
    const acme = { name: 'acme', domains: [alice.account.domain] };
    const [caller, callee] = [alice, bob].map(({ account: { user, password } }) => ({
      name: user,
      password,
    }));
    await writeFile(recording!, await tandem.ask('trace', callId, '-o', 'json'));
    await writeFile(current!, configuration({ ...acme, users: [caller!, callee!] }));
    await writeFile(proposed!, configuration({ ...acme, users: [caller!, { ...callee!, enabled: false }] }));
    const replay = (by: string) =>
      tandem.host.spawn([process.execPath, MAIN, 'replay', recording!, '-f', by, '--against', current!]);
    const same = replay(current!);
    expect(await same.ended(10_000)).toMatchObject({ code: 0 });
    expect(same.transcript).toEqual(['1 calls, 0 of them otherwise']);
    const differing = replay(proposed!);
    expect(await differing.ended(10_000)).toMatchObject({ code: 1 });
    expect(differing.transcript).toEqual([
      expect.stringContaining(`Call-ID ${callId}`),
      expect.stringMatching(new RegExp(`^  - sip:${bob.account.user}@phone\\.invalid`)),
      expect.stringMatching(/^ {2}\+ 4\d\d user-disabled$/),
      '1 calls, 1 of them otherwise',
    ]);
  });

  it('says when it knows nothing of a call', async ({ live: { tandem } }) => {
    await expect(tandem.ask('trace', 'nobody@nowhere')).rejects.toThrow('trace-unknown: nobody@nowhere');
    await expect(tandem.ask('trace')).rejects.toThrow('argument-invalid');
  });
});

/** Lets one phone call another and hang up; the ids of the call. */
async function callOf(tandem: Tandem, alice: Phone, bob: Phone): Promise<{ callId: string; id: string }> {
  await Promise.all([alice.register(), bob.register()]);
  const call = await connect(alice, bob);
  await hangUp(call, bob);
  const callId = call.caller.callId;
  const find = () => tandem.logs().find(({ sipCallId, msg }) => sipCallId === callId && msg === 'call ended');
  await until(
    () => 'the end of the call',
    () => find() !== undefined,
  );
  return { callId, id: String(find()!.callId) };
}

/** What the command shows once all that was seen is told. */
async function traced(tandem: Tandem, callId: string, ...flags: readonly string[]): Promise<string> {
  await until(
    () => `the trace of ${callId}`,
    async () => (await seriesOf(tandem)).tandem_trace_pending_calls === 0,
  );
  return tandem.ask('trace', callId, ...flags);
}

/** What of the course is not there behind what comes before it. */
function inOrder(lines: readonly string[]): RegExp[] {
  let at = 0;
  return course.filter((step) => {
    const found = lines.slice(at).findIndex((line) => step.test(line.replace(/^\d\d:\S+/, ' ')));
    if (found >= 0) at += found + 1;
    return found < 0;
  });
}
