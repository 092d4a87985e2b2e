import { describe, expect, it } from 'vitest';
import { parseMessage } from '../message/parse.ts';
import { SipResponse } from '../message/response.ts';
import { bestResponse, mergedChallenges } from './best-response.ts';
import {
  addBranch,
  type ContextEffect,
  type ContextInput,
  createContext,
  followRedirection,
  groupStarted,
  type ResponseContext,
  startContext,
  stepContext,
} from './response-context.ts';

function answer(status: number, headers: string[] = []): SipResponse {
  const message = parseMessage([`SIP/2.0 ${status} x`, ...headers, '', ''].join('\r\n'));
  if (!(message instanceof SipResponse)) throw message;
  return message;
}

/** Groups of branch ids, as a router would have them ring. */
function ring(...groups: number[][]): {
  context: ResponseContext;
  play: (...inputs: ContextInput[]) => string[];
} {
  const context = createContext(groups.length);
  const run = (effects: ContextEffect[]): string[] => effects.flatMap((effect) => show(effect));
  function show(effect: ContextEffect): string[] {
    switch (effect.do) {
      case 'start':
        for (const branch of groups[effect.group]!) addBranch(context, branch);
        return [`start ${effect.group}`, ...run(groupStarted(context))];
      case 'forward':
        return [`${effect.branch}: ${effect.response.status} upstream`];
      case 'dismiss':
        return [`${effect.branch}: dismiss`];
      case 'cancel':
        return [`${effect.branch}: cancel, ${effect.reason}`];
      case 'finish':
        return [`finish ${effect.result.status}`];
    }
  }
  expect(run(startContext(context))).toContain('start 0');
  return { context, play: (...inputs) => inputs.flatMap((input) => run(stepContext(context, input))) };
}

const says = (branch: number, status: number, headers = ['To: <sip:b>']): ContextInput => ({
  on: 'response',
  branch,
  response: answer(status, headers),
});
const fails = (branch: number, status: number): ContextInput => ({ on: 'failure', branch, status });
const cancel: ContextInput = { on: 'cancel' };
const abandon: ContextInput = { on: 'abandon', status: 503 };
const rung = (group: number): ContextInput => ({ on: 'ring-timeout', group });

const elsewhere = 'answered-elsewhere';

describe('the response context', () => {
  const rows: [name: string, groups: number[][], inputs: ContextInput[], effects: string[]][] = [
    ['100 stays here, 180 goes upstream', [[1]], [says(1, 100), says(1, 180)], ['1: 180 upstream']],
    ['200 goes upstream', [[1]], [says(1, 200)], ['1: 200 upstream']],
    [
      'one of three answers: the others are cancelled, their 487 stays here',
      [[1, 2, 3]],
      [says(1, 180), says(2, 180), says(2, 200), says(1, 487), says(3, 487)],
      [
        '1: 180 upstream',
        '2: 180 upstream',
        '2: 200 upstream',
        `1: cancel, ${elsewhere}`,
        `3: cancel, ${elsewhere}`,
      ],
    ],
    [
      'two answer at once: the first has the call',
      [[1, 2]],
      [says(1, 200), says(2, 200), says(1, 200)],
      ['1: 200 upstream', `2: cancel, ${elsewhere}`, '2: dismiss', '1: 200 upstream'],
    ],
    [
      'two answer behind one branch: the first has the call',
      [[1]],
      [says(1, 200, ['To: <sip:b>;tag=1']), says(1, 200, ['To: <sip:b>;tag=2'])],
      ['1: 200 upstream', '1: dismiss'],
    ],
    [
      'an answer after the end is dismissed',
      [[1]],
      [abandon, says(1, 200)],
      ['1: cancel, abandoned', 'finish 503', '1: dismiss'],
    ],
    ['a single failure goes upstream', [[1]], [says(1, 486)], ['finish 486']],
    ['a failure waits for the other branches', [[1, 2]], [says(1, 486)], []],
    ['the best of all failures goes upstream', [[1, 2]], [says(1, 404), says(2, 486)], ['finish 486']],
    [
      '603 cancels the others and is final',
      [[1, 2]],
      [says(1, 603), says(2, 487)],
      ['2: cancel, declined-elsewhere', 'finish 603'],
    ],
    ['603 leaves no further group', [[1], [2]], [says(1, 603)], ['finish 603']],
    ['503 becomes 500', [[1]], [says(1, 503)], ['finish 500']],
    ['no answer is 408', [[1]], [fails(1, 408)], ['finish 408']],
    [
      'the next group rings when all of the first failed',
      [[1, 2], [3]],
      [says(1, 486), fails(2, 408)],
      ['start 1'],
    ],
    [
      'the last group decides with all before it',
      [[1], [2]],
      [says(1, 486), says(2, 480)],
      ['start 1', 'finish 486'],
    ],
    [
      'nobody answers in time: 408',
      [[1]],
      [says(1, 180), rung(0), says(1, 487)],
      ['1: 180 upstream', '1: cancel, ring-timeout', 'finish 408'],
    ],
    ['the ring time of a group that is over means nothing', [[1], [2]], [says(1, 486), rung(0)], ['start 1']],
    [
      'a group that rang too long is followed by the next',
      [[1], [2]],
      [rung(0), says(1, 487)],
      ['1: cancel, ring-timeout', 'start 1'],
    ],
    [
      'the proxy gives up: the caller hears it at once, the branches end behind that',
      [[1, 2], [3]],
      [says(1, 486), abandon, says(2, 487)],
      ['2: cancel, abandoned', 'finish 503'],
    ],
    ['what is over cannot be given up', [[1]], [says(1, 200), abandon], ['1: 200 upstream']],
    [
      'the caller cancels: every branch is, then 487',
      [[1, 2]],
      [cancel, says(1, 487), says(2, 487)],
      ['1: cancel, caller-cancelled', '2: cancel, caller-cancelled', 'finish 487'],
    ],
    [
      'the caller cancels: no further group',
      [[1], [2]],
      [cancel, says(1, 487)],
      ['1: cancel, caller-cancelled', 'finish 487'],
    ],
    [
      'an answer that crossed the CANCEL wins',
      [[1]],
      [cancel, says(1, 200)],
      ['1: cancel, caller-cancelled', '1: 200 upstream'],
    ],
    [
      'a branch that never answers its CANCEL',
      [[1]],
      [cancel, fails(1, 408)],
      ['1: cancel, caller-cancelled', 'finish 487'],
    ],
    ['ringing after the CANCEL stays here', [[1]], [cancel, says(1, 180)], ['1: cancel, caller-cancelled']],
    ['a second CANCEL changes nothing', [[1]], [cancel, cancel], ['1: cancel, caller-cancelled']],
    ['CANCEL after the answer changes nothing', [[1]], [says(1, 200), cancel], ['1: 200 upstream']],
    [
      'a second final answer of a branch means nothing',
      [[1, 2]],
      [says(1, 486), says(1, 404), says(2, 480)],
      ['finish 486'],
    ],
    [
      'ringing after the answer stays here',
      [[1, 2]],
      [says(1, 200), says(2, 180)],
      ['1: 200 upstream', `2: cancel, ${elsewhere}`],
    ],
  ];

  it.each(rows)('%s', (_name, groups, inputs, effects) => {
    expect(ring(...groups).play(...inputs)).toEqual(effects);
  });

  it('goes on when a group has nobody to send to', () => {
    const context = createContext(2);
    expect(startContext(context)).toEqual([{ do: 'start', group: 0 }]);
    expect(groupStarted(context)).toEqual([{ do: 'start', group: 1 }]);
    expect(groupStarted(context)).toEqual([{ do: 'finish', result: { status: 480 }, all: [] }]);
  });
});

describe('the best response', () => {
  const rows: [statuses: number[], best: number][] = [
    [[404, 302], 302],
    [[500, 404], 404],
    [[503, 600], 600],
    [[404, 401], 401],
    [[407, 486], 407],
    [[480, 486], 486],
    [[487, 480], 480],
    [[487, 500], 487],
    [[408, 404], 404],
  ];

  it.each(rows)('of %j is %i', (statuses, best) => {
    expect(bestResponse(statuses.map((status) => ({ status })))?.status).toBe(best);
  });

  it('carries the challenges of all branches', () => {
    const a = answer(401, ['WWW-Authenticate: Digest realm="a"']);
    const b = answer(407, ['Proxy-Authenticate: Digest realm="b"', 'Proxy-Authenticate: Digest realm="c"']);
    const results = [a, b, answer(486)].map((response) => ({ status: response.status, response }));
    expect(mergedChallenges(results)).toEqual([
      ['WWW-Authenticate', 'Digest realm="a"'],
      ['Proxy-Authenticate', 'Digest realm="b"'],
      ['Proxy-Authenticate', 'Digest realm="c"'],
    ]);
  });
});

describe('a redirection that is followed', () => {
  /** Branch 1 of two is sent on to branch 3, and then to branch 4. */
  function redirected(): ReturnType<typeof ring> {
    const groups = [[1, 2], [4], [5]];
    const { context, play } = ring(...groups);
    context.groups = 2;
    followRedirection(context, 1, answer(302), 1);
    addBranch(context, 3);
    return { context, play };
  }

  it('rings with the others of the group, and goes on before the next group', () => {
    const { play } = redirected();
    expect(play(says(2, 486), says(3, 480))).toEqual(['start 1']);
    expect(play(says(4, 404))).toEqual(['start 2']);
    expect(play(says(5, 404))).toEqual(['finish 486']);
  });

  it('is not what the caller hears of', () => {
    const { play } = redirected();
    expect(play(says(2, 500), says(3, 500), says(4, 500), says(5, 500))).toContain('finish 500');
  });

  it('has the call when its target answers', () => {
    const { play } = redirected();
    expect(play(says(3, 200))).toEqual(['3: 200 upstream', `2: cancel, ${elsewhere}`]);
  });
});

it('W-21: asks nobody else after an answer that a policy calls the last one', () => {
  const { play } = ring([0], [1]);
  expect(play({ ...says(0, 486), isLast: true } as ContextInput)).toEqual(['finish 486']);
  expect(ring([0], [1]).play(says(0, 503))).toEqual(['start 1']);
});

it('speaks of itself with 503, and of others with 500', () => {
  expect(ring([0]).play({ on: 'failure', branch: 0, status: 503, isOurs: true })).toEqual(['finish 503']);
  expect(ring([0]).play(fails(0, 503))).toEqual(['finish 500']);
});
