import type { router } from '@tandem/contract';
import { expect, it } from 'vitest';
import { type Asked, Questions } from './questions.ts';

/** A router that answers when a test says so. */
class FakeRouter implements Asked {
  readonly id: string;
  readonly asked: router.Request[] = [];
  readonly #owed = new Set<number>();

  constructor(id: string) {
    this.id = id;
  }

  ask(request: router.Request): void {
    this.asked.push(request);
    this.#owed.add(request.id);
  }

  owes(id: number): boolean {
    return this.#owed.has(id);
  }

  forget(id: number): void {
    this.#owed.delete(id);
  }

  /** Its answer to the last that it was asked; as a peer does, it forgets what it answers. */
  says(questions: Questions, fault = ''): void {
    const { id } = this.asked.at(-1)!;
    this.forget(id);
    questions.answered(this, verdict(id, this.id, fault));
  }
}

function verdict(id: number, configuration: string, fault: string): router.Verdict {
  const value = { status: 503, reason: '', fault, headers: [] };
  return { id, decision: { $case: 'reject', value }, explanation: [], configuration };
}

class Rig {
  now = 0;
  readonly times: number[] = [];
  /** Those that can be asked. */
  routers: FakeRouter[];
  readonly questions: Questions;

  constructor(...routers: FakeRouter[]) {
    this.routers = routers;
    this.questions = new Questions({
      capacity: 1_000,
      now: () => this.now,
      choose: (without) => this.routers.find((each) => !without.has(each)),
      decisionTime: (seconds) => this.times.push(seconds),
    });
  }

  ask(): Promise<router.Verdict> {
    return this.questions.add(request);
  }
}

const request = { id: 0, key: 'k', repeated: false } as router.Request;
const routers = (): [FakeRouter, FakeRouter] => [new FakeRouter('one'), new FakeRouter('two')];

it('asks one router, and tells how long that took', async () => {
  const [one, two] = routers();
  const rig = new Rig(one, two);
  const answer = rig.ask();
  rig.now = 20;
  one.says(rig.questions);
  expect((await answer).configuration).toBe('one');
  expect([one.asked.length, two.asked.length, rig.times]).toEqual([1, 0, [0.02]]);
  expect(one.asked[0]).toMatchObject({ key: 'k', repeated: false });
});

it('asks another as well when one is too slow, says so, and takes the first answer', async () => {
  const [one, two] = routers();
  const rig = new Rig(one, two);
  const answer = rig.ask();
  rig.questions.overdue([one.asked[0]!.id], true);
  expect(two.asked[0]).toMatchObject({ id: one.asked[0]!.id, key: 'k', repeated: true });
  one.says(rig.questions);
  expect((await answer).configuration).toBe('one');
  two.says(rig.questions);
  expect(rig.questions.tallies).toMatchObject({ answered: 1, retried: 1, timed_out: 1 });
});

it('asks another at once when the stream to the first breaks', () => {
  const [one, two] = routers();
  const rig = new Rig(one, two);
  void rig.ask();
  rig.routers = [two];
  rig.questions.lost(one, [one.asked[0]!.id]);
  expect(two.asked[0]).toMatchObject({ repeated: true });
});

it('asks nobody else when a router is lost that was asked before the last', () => {
  const [one, two] = routers();
  const rig = new Rig(one, two);
  void rig.ask();
  const { id } = one.asked[0]!;
  rig.questions.overdue([id], true);
  rig.questions.lost(one, [id]);
  expect([one.asked.length, two.asked.length]).toEqual([1, 1]);
});

it('waits for a router that can be asked', () => {
  const [one, two] = routers();
  const rig = new Rig();
  void rig.ask();
  rig.routers = [one];
  rig.questions.available();
  expect(one.asked).toHaveLength(1);
  rig.questions.overdue([one.asked[0]!.id], true);
  expect(one.asked).toHaveLength(1);
  rig.routers = [one, two];
  rig.questions.available();
  expect([one.asked.length, two.asked.length]).toEqual([1, 1]);
});

it('asks another when a router has no room, which has carried nothing out', async () => {
  const [one, two] = routers();
  const rig = new Rig(one, two);
  const answer = rig.ask();
  one.says(rig.questions, 'router-overloaded');
  expect(two.asked[0]).toMatchObject({ repeated: false });
  two.says(rig.questions);
  expect((await answer).configuration).toBe('two');
});

it.each([
  ['a router has a defect', 'router-failed'],
  ['the store of a router is away', 'store-unavailable'],
])('asks another when %s, after which it may have carried something out', (_, fault) => {
  const [one, two] = routers();
  const rig = new Rig(one, two);
  void rig.ask();
  one.says(rig.questions, fault);
  expect(two.asked[0]).toMatchObject({ repeated: true });
});

it('gives up at once when every router has declined', async () => {
  const [one, two] = routers();
  const rig = new Rig(one, two);
  const answer = rig.ask();
  one.says(rig.questions, 'router-overloaded');
  two.says(rig.questions, 'router-overloaded');
  await expect(answer).rejects.toThrow(
    'router-unavailable: every router has declined, the last with router-overloaded',
  );
});

it('waits for a router that is slow when the other one declines', async () => {
  const [one, two] = routers();
  const rig = new Rig(one, two);
  const answer = rig.ask();
  rig.questions.overdue([one.asked[0]!.id], true);
  two.says(rig.questions, 'router-overloaded');
  one.says(rig.questions);
  expect((await answer).configuration).toBe('one');
});

it('gives up after two seconds, and names who was asked', async () => {
  const [one, two] = routers();
  const rig = new Rig(one, two);
  const answers = [rig.ask(), rig.ask()];
  const failed = Promise.allSettled(answers);
  rig.questions.overdue([one.asked[0]!.id], true);
  rig.now = 1_999;
  rig.questions.expire(rig.now);
  const late = rig.ask();
  rig.now = 2_000;
  rig.questions.expire(rig.now);
  expect((await failed).map((each) => (each.status === 'rejected' ? String(each.reason) : ''))).toEqual([
    'Fault: router-unavailable: no verdict within 2000 ms; asked: one, two',
    'Fault: router-unavailable: no verdict within 2000 ms; asked: one',
  ]);
  one.says(rig.questions);
  expect((await late).configuration).toBe('one');
});

it('asks twice for so many only, where routers answer but are slow', () => {
  const [one, two] = routers();
  const rig = new Rig(one, two);
  const ids = Array.from({ length: 90 }, () => {
    void rig.ask();
    return one.asked.at(-1)!.id;
  });
  rig.questions.overdue(ids, false);
  expect(two.asked).toHaveLength(90);
  const more = ids.map(() => {
    void rig.ask();
    return one.asked.at(-1)!.id;
  });
  rig.questions.overdue(more.slice(0, 60), false);
  expect(two.asked).toHaveLength(100);
  rig.questions.overdue(more.slice(60), true);
  expect(two.asked).toHaveLength(130);
});
