import { describe, expect, it } from 'vitest';
import { type Row, readArrow, writeEffects } from './arrow.ts';
import type { ClientInput } from './input.ts';
import { type NonInviteClient, nonInviteClient, stepNonInviteClient } from './non-invite-client.ts';
import { requestText, responseTo } from './sample.ts';
import type { TimerName } from './timers.ts';

const options = requestText('OPTIONS');

function inputOf(name: string): ClientInput {
  switch (name) {
    case 'start':
    case 'unreachable':
    case 'severed':
    case 'discard':
      return { on: name };
    case '1xx':
      return { on: 'provisional', response: responseTo(options, 100) };
    case '2xx':
      return { on: 'success', response: responseTo(options, 200) };
    case '300-699':
      return { on: 'failure', response: responseTo(options, 404) };
    case 'cancel':
      return { on: 'cancel', text: 'CANCEL' };
    default:
      return { on: 'timer', timer: name as TimerName };
  }
}

function follow([arrow, effects]: Row, reliable: boolean): void {
  const { from, input, to } = readArrow(arrow);
  const state = from as NonInviteClient['state'];
  const tx: NonInviteClient = { ...nonInviteClient(options, reliable), state };
  expect(writeEffects(stepNonInviteClient(tx, inputOf(input)))).toBe(effects);
  expect(tx.state).toBe(to);
}

describe('non-INVITE client transaction', () => {
  it.each<Row>([
    ['trying --start--> trying', 'arm E 500, arm F 32000, send'],
    ['trying --E--> trying', 'arm E 1000, send'],
    ['trying --F--> terminated', 'end timeout'],
    ['trying --1xx--> proceeding', 'deliver'],
    ['trying --2xx--> completed', 'disarm E, disarm F, arm K 5000, deliver'],
    ['trying --300-699--> completed', 'disarm E, disarm F, arm K 5000, deliver'],
    ['trying --unreachable--> terminated', 'end unreachable'],
    ['trying --severed--> terminated', 'end unreachable'],
    ['trying --cancel--> trying', ''],
    ['trying --discard--> terminated', 'end done'],
    ['proceeding --1xx--> proceeding', 'deliver'],
    ['proceeding --E--> proceeding', 'arm E 4000, send'],
    ['proceeding --F--> terminated', 'end timeout'],
    ['proceeding --2xx--> completed', 'disarm E, disarm F, arm K 5000, deliver'],
    ['proceeding --300-699--> completed', 'disarm E, disarm F, arm K 5000, deliver'],
    ['proceeding --unreachable--> terminated', 'end unreachable'],
    ['proceeding --severed--> terminated', 'end unreachable'],
    ['proceeding --cancel--> proceeding', ''],
    ['completed --1xx--> completed', ''],
    ['completed --2xx--> completed', ''],
    ['completed --300-699--> completed', ''],
    ['completed --unreachable--> completed', ''],
    ['completed --severed--> completed', ''],
    ['completed --K--> terminated', 'end done'],
    ['completed --discard--> terminated', 'end done'],
    ['terminated --2xx--> terminated', ''],
    ['terminated --discard--> terminated', ''],
  ])('%s', (...row) => follow(row, false));

  it.each<Row>([
    ['trying --start--> trying', 'arm F 32000, send'],
    ['trying --1xx--> proceeding', 'deliver'],
    ['trying --2xx--> terminated', 'disarm E, disarm F, end done, deliver'],
    ['proceeding --300-699--> terminated', 'disarm E, disarm F, end done, deliver'],
  ])('over a reliable transport: %s', (...row) => follow(row, true));

  it('doubles timer E up to T2', () => {
    const tx = nonInviteClient(options, false);
    const fired = [1, 2, 3, 4, 5].map(() => writeEffects(stepNonInviteClient(tx, inputOf('E'))));
    const intervals = [1_000, 2_000, 4_000, 4_000, 4_000];
    expect(fired).toEqual(intervals.map((interval) => `arm E ${interval}, send`));
  });

  it('is plain data', () => {
    const tx = nonInviteClient(options, false);
    stepNonInviteClient(tx, inputOf('E'));
    const moved: NonInviteClient = JSON.parse(JSON.stringify(tx));
    expect(writeEffects(stepNonInviteClient(moved, inputOf('E')))).toBe('arm E 2000, send');
  });
});
