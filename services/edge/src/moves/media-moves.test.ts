import { type CallRecord, createLog } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { expect, it, vi } from 'vitest';
import { mediaLost } from '../faults.ts';
import type { EdgeParts } from '../parts.ts';
import { Custody } from '../records/custody.ts';
import { Workers } from '../uses/workers.ts';
import { MediaMoves } from './media-moves.ts';

const log = createLog({ level: 'silent', node: 'edge-1', destination: 1 });
const record = { id: 'a', state: 'answered', mediaSession: 'media-1.7', dialog: {} } as CallRecord;

it.each([
  ['goes on where it is when its worker has it', async () => true, []],
  ['is moved when its worker does not know it', async () => false, ['a']],
  ['is moved when its worker is gone', () => Promise.reject(new Fault(mediaLost, 'nobody')), ['a']],
])('a call that comes before its edge has met any worker %s', async (_, answer, moved) => {
  const changed: string[] = [];
  const has = vi.fn(answer);
  const parts = {
    anchors: { has },
    workers: new Workers({ members: () => [], onChange: () => () => {} }),
    records: {
      own: { copy: () => record, has: () => true },
      custody: new Custody(),
      // The call has ended: the move has nothing more to do.
      changeNow: async (call: string) => void changed.push(call),
    },
    log,
    node: 'edge-1',
    now: () => 0,
  } as unknown as EdgeParts;
  const moves = new MediaMoves(parts, undefined);
  moves.check(record);
  await expect.poll(() => has).toHaveBeenCalledWith('media-1.7');
  await has.mock.results[0]!.value.catch(() => {});
  await expect.poll(() => moves.tallies.over).toBe(moved.length);
  expect(changed).toEqual(moved);
});
