import { expect, it } from 'vitest';
import { batch } from '../trace/fixture.ts';
import { storyOf } from './story.ts';
import { tell } from './telling.ts';

const note = (at: number, part: string, ...lines: string[]) =>
  ({ kind: 'note', at, part, text: lines.join('\n') }) as const;

const decision = note(2, 'router', 'relay, call 1-2', 'number: +34600 begins with +', 'ring sip:x for 60 s');
const end = note(9, 'call', 'ended by callee: 403, upstream_error, not answered');
const adopted = note(5, 'call', 'looked after by this edge from now on');
const diagnosis = note(
  9,
  'diagnosis',
  ...['layer: policy', 'object: Trunk/carrier@acme endpoint.callerId', 'code: caller-id-refused'],
  ...['status: 403', 'cause: 57 (Q.850)', 'evidence: sip:x answered 403: No', 'evidence: Warning: 399 "CLI"'],
  'hint: Set callerId.',
);

it('tells how a call was decided, how it ended, and what broke it', () => {
  const challenged = note(1, 'router', 'challenge with 407, credentials-missing');
  const credentials = note(4, 'router', 'credentials');
  const batches = [
    batch('edge-1', [challenged, decision, credentials, end, diagnosis]),
    batch('edge-2', [adopted]),
  ];
  const named = batches.map((each, index) => ({ ...each, call: index === 0 ? '1-2' : '' }));
  expect(tell(storyOf(named)).split('\n')).toEqual([
    'Call-ID c@h, call 1-2',
    'decision: relay, call 1-2',
    '  number: +34600 begins with +',
    '  ring sip:x for 60 s',
    'end: ended by callee: 403, upstream_error, not answered',
    'layer: policy',
    'object: Trunk/carrier@acme endpoint.callerId',
    'code: caller-id-refused, 403, Q.850 57',
    'evidence: sip:x answered 403: No',
    'evidence: Warning: 399 "CLI"',
    'hint: Set callerId.',
  ]);
});

it('finds no layer of a good call, and no end of one that goes on', () => {
  expect(tell(storyOf([batch('edge-1', [decision, end])]))).toMatch(/layer: none$/);
  expect(tell(storyOf([batch('edge-1', [decision, adopted])]))).toMatch(/end: none yet$/);
});

it('tells once what two edges, or two moments, tell alike', () => {
  const story = storyOf([
    batch('edge-1', [diagnosis, { ...diagnosis, at: 20 }]),
    batch('edge-2', [diagnosis]),
  ]);
  expect(story.diagnoses).toEqual([
    {
      layer: 'policy',
      object: 'Trunk/carrier@acme endpoint.callerId',
      code: 'caller-id-refused',
      status: 403,
      cause: 57,
      direction: undefined,
      evidence: ['sip:x answered 403: No', 'Warning: 399 "CLI"'],
      hint: 'Set callerId.',
    },
  ]);
});
