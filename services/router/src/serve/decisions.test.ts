import { createLog } from '@tandem/platform';
import { expect, it } from 'vitest';
import { outcomeOf, Rig, sampleRequest } from '../sample.ts';
import { Decisions } from './decisions.ts';

const lines: string[] = [];
const log = createLog({ level: 'warn', node: 'r', destination: { write: (line) => void lines.push(line) } });

it('sends an edge elsewhere when it decides as many requests as it may', async () => {
  const { router } = new Rig();
  const decisions = new Decisions(router, log, 2);
  const verdicts = [1, 2, 3].map((id) => decisions.decide(sampleRequest({ id })));
  expect(decisions.inFlight).toBe(2);
  const outcomes = (await Promise.all(verdicts)).map(outcomeOf);
  expect(outcomes).toEqual(['407 credentials-missing', '407 credentials-missing', '503 router-overloaded']);
  expect(decisions.inFlight).toBe(0);
  expect(decisions.tallies).toEqual({ decided: 2, overloaded: 1, failed: 0 });
});

it('sends an edge elsewhere when it has a defect, and logs that', async () => {
  const defect = {
    decide: () => Promise.reject(new Error('a defect')),
    connectionEnded: async () => undefined,
  };
  const decisions = new Decisions(defect, log, 2);
  const verdict = await decisions.decide(sampleRequest({ id: 7, callId: 'call-7' }));
  expect([verdict.id, outcomeOf(verdict)]).toEqual([7, '503 router-failed']);
  expect(lines.at(-1)).toContain('a defect');
  expect(lines.at(-1)).toContain('call-7');
});

it('does not claim to have seen to a connection that has ended when the store was away', async () => {
  const { router } = new Rig();
  const away = {
    decide: router.decide.bind(router),
    connectionEnded: () => Promise.reject(new Error('away')),
  };
  const ended = { edge: 'edge-1', connection: 7, id: 1 };
  expect(await new Decisions(away, log, 2).connectionEnded(ended)).toBe(false);
  expect(await new Decisions(router, log, 2).connectionEnded(ended)).toBe(true);
});
