import { once } from 'node:events';
import { startEdge } from '@tandem/edge';
import {
  type Bus,
  type CallRecord,
  createLog,
  type MembershipChange,
  MemoryMembers,
  MemoryMembership,
  Metrics,
} from '@tandem/platform';
import type { Answer, Backings, Question, Ready, Start } from './edge-process.ts';

// An edge in a process of its own, that can be killed; see EdgeProcess.

const waiting = new Map<number, PromiseWithResolvers<unknown>>();
let asked = 0;

/** A backing of the process that started this one: what is not here is asked for over the channel. */
function remote<Name extends keyof Backings>(
  backing: Name,
  here: Partial<Backings[Name]> = {},
): Backings[Name] {
  const get = (own: object, method: string): unknown => Reflect.get(own, method) ?? asking(backing, method);
  return new Proxy<object>(here, { get }) as Backings[Name];
}

function asking(backing: keyof Backings, method: string) {
  return (...args: readonly unknown[]): Promise<unknown> => {
    const waiter = Promise.withResolvers<unknown>();
    waiting.set(++asked, waiter);
    process.send?.({ id: asked, backing, method, args } satisfies Question);
    return waiter.promise;
  };
}

function answered({ id, value, error }: Answer): void {
  const waiter = waiting.get(id);
  waiting.delete(id);
  if (error === undefined) waiter?.resolve(value);
  else waiter?.reject(new Error(error));
}

/** The members as the process knows them that started this one. */
function mirror({ change, member }: MembershipChange): void {
  const known = members.of(member.tier).find(({ id }) => id === member.id);
  if (change === 'joined') members.enter(member);
  else if (change === 'changed' && known) members.update(known, member);
  else if (change !== 'changed' && known) members.remove(known, change);
}

const [{ settings, tokenSecret }] = (await once(process, 'message')) as [Start];
const members = new MemoryMembers();
process.on('message', (message: Answer | MembershipChange) => {
  if ('change' in message) mirror(message);
  else answered(message);
});
process.on('disconnect', () => process.exit());
const { nodeId: node, region } = settings;
const log = createLog({ level: 'warn', node, destination: 2 });
const calls = remote('calls');
/** What changes a record does not go over the channel. */
async function change(
  id: string,
  edit: Parameters<typeof calls.change>[1],
  now: number,
): Promise<CallRecord | undefined> {
  const record = await calls.get(id, now);
  const changed = record && edit(record);
  if (changed) await calls.put(changed, now + 3_600_000, now);
  return changed;
}
const records = remote('calls', { change });
/** Nor does whoever wants to know that an event is settled. */
async function publish(...[subject, payload, options]: Parameters<Bus['publish']>): Promise<void> {
  const { settled, ...rest } = options ?? {};
  await asking('bus', 'publish')(subject, payload, rest);
  settled?.();
}
const deaf = { subscribe: () => ({ unsubscribe: () => {} }), onConnection: () => () => {} };
const { startedMs, addresses } = await startEdge(settings, {
  // Nobody tells this edge of silence in its calls, or of bans.
  bus: remote('bus', { ...deaf, publish: (...args) => void publish(...args) }),
  calls: records,
  limits: remote('limits'),
  location: remote('location'),
  router: remote('router'),
  membership: new MemoryMembership(log, members),
  tokenSecret,
  log,
  metrics: new Metrics({ region, node, log }),
});
process.send?.({ node, startedMs, addresses } satisfies Ready);
