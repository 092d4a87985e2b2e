import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Edge, EdgeBackings, EdgeSettings } from '@tandem/edge';
import {
  type Announcement,
  type Condition,
  type Log,
  type MemoryMembers,
  MemoryMembership,
  tiers,
} from '@tandem/platform';

const MAIN = join(import.meta.dirname, 'edge-main.ts');

/** What the edge asks this process for. */
export type Backings = Pick<EdgeBackings, 'bus' | 'calls' | 'limits' | 'location' | 'router'>;

export interface Start {
  readonly settings: EdgeSettings;
  readonly tokenSecret: Uint8Array;
}

/** A call of a backing's method. */
export interface Question {
  readonly id: number;
  readonly backing: keyof Backings;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** What an edge that listens announces of itself. */
export type Ready = Pick<Edge, 'node' | 'startedMs' | 'addresses'>;

/** Where an edge is announced. */
interface Cluster {
  readonly log: Log;
  readonly members: MemoryMembers;
}

/** What came of it. */
export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** An edge that can be killed: it is a process of its own, on the backings of this one. */
export class EdgeProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves when it listens. */
  static async start(start: Start, backings: Backings, { log, members }: Cluster): Promise<EdgeProcess> {
    const child = fork(MAIN, { serialization: 'advanced' });
    const { promise: ready, resolve, reject } = Promise.withResolvers<Ready>();
    child.on('message', (message: Question | Ready) => {
      if ('node' in message) resolve(message);
      else void answer(child, backings, message);
    });
    child.once('exit', (code) => reject(new Error(`the edge ended with ${code}`)));
    child.send(start);
    for (const member of tiers.flatMap((tier) => members.of(tier))) child.send({ change: 'joined', member });
    const membership = new MemoryMembership(log, members);
    membership.onChange((change) => child.send(change));
    child.once('exit', () => membership.die());
    await membership.join(...announcementOf(await ready));
    return new EdgeProcess(child);
  }

  /** As when its machine dies. */
  async kill(): Promise<void> {
    if (this.#child.signalCode) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}

/** What an edge says of itself to the others. */
export function announcementOf({ node: id, startedMs, addresses }: Ready): [Announcement, Condition] {
  const condition = { state: 'serving', load: 0, configuration: '' } as const;
  return [{ tier: 'edge', id, startedMs, weight: 1, release: '', addresses }, condition];
}

type Method = (...args: readonly unknown[]) => unknown;

async function answer(child: ChildProcess, backings: Backings, question: Question): Promise<void> {
  const { id, backing, method, args } = question;
  const target = backings[backing] as unknown as Readonly<Record<string, Method>>;
  try {
    child.send({ id, value: await target[method]!(...args) } satisfies Answer);
  } catch (error) {
    if (child.connected) child.send({ id, error: String(error) } satisfies Answer);
  }
}
