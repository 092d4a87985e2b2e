import { describe, expect, it } from 'vitest';
import { type Row, readArrow, writeEffects } from './arrow.ts';
import type { ClientInput } from './input.ts';
import { type InviteClient, inviteClient, stepInviteClient } from './invite-client.ts';
import { requestText, responseTo } from './sample.ts';
import type { TimerName } from './timers.ts';

const invite = requestText('INVITE');

function inputOf(name: string): ClientInput {
  switch (name) {
    case 'start':
    case 'unreachable':
    case 'severed':
    case 'discard':
      return { on: name };
    case '1xx':
      return { on: 'provisional', response: responseTo(invite, 180) };
    case '2xx':
      return { on: 'success', response: responseTo(invite, 200) };
    case '300-699':
      return { on: 'failure', response: responseTo(invite, 486) };
    case 'cancel':
      return { on: 'cancel', text: 'CANCEL' };
    default:
      return { on: 'timer', timer: name as TimerName };
  }
}

function follow([arrow, effects]: Row, reliable: boolean, cancel = ''): void {
  const { from, input, to } = readArrow(arrow);
  const state = from as InviteClient['state'];
  const tx: InviteClient = { ...inviteClient(invite, reliable), state, cancel };
  expect(writeEffects(stepInviteClient(tx, inputOf(input)))).toBe(effects);
  expect(tx.state).toBe(to);
}

describe('INVITE client transaction', () => {
  it.each<Row>([
    ['calling --start--> calling', 'arm A 500, arm B 32000, send'],
    ['calling --A--> calling', 'arm A 1000, send'],
    ['calling --B--> terminated', 'end timeout'],
    ['calling --1xx--> proceeding', 'disarm A, disarm B, deliver'],
    ['calling --2xx--> accepted', 'disarm A, disarm B, arm M 32000, deliver'],
    ['calling --300-699--> completed', 'disarm A, disarm B, arm D 32000, send, deliver'],
    ['calling --unreachable--> terminated', 'end unreachable'],
    ['calling --severed--> terminated', 'end unreachable'],
    ['calling --cancel--> calling', ''],
    ['calling --discard--> terminated', 'end done'],
    ['proceeding --1xx--> proceeding', 'deliver'],
    ['proceeding --2xx--> accepted', 'disarm A, disarm B, arm M 32000, deliver'],
    ['proceeding --300-699--> completed', 'disarm A, disarm B, arm D 32000, send, deliver'],
    ['proceeding --cancel--> proceeding', 'arm B 32000, cancel'],
    ['proceeding --B--> terminated', 'end timeout'],
    ['proceeding --unreachable--> proceeding', ''],
    ['proceeding --severed--> terminated', 'end unreachable'],
    ['proceeding --discard--> terminated', 'end done'],
    ['accepted --2xx--> accepted', 'deliver'],
    ['accepted --1xx--> accepted', ''],
    ['accepted --300-699--> accepted', ''],
    ['accepted --cancel--> accepted', ''],
    ['accepted --unreachable--> accepted', ''],
    ['accepted --severed--> accepted', ''],
    ['accepted --M--> terminated', 'end done'],
    ['completed --300-699--> completed', 'send'],
    ['completed --1xx--> completed', ''],
    ['completed --2xx--> completed', ''],
    ['completed --cancel--> completed', ''],
    ['completed --unreachable--> terminated', 'end done'],
    ['completed --severed--> terminated', 'end done'],
    ['completed --D--> terminated', 'end done'],
    ['terminated --2xx--> terminated', ''],
    ['terminated --B--> terminated', ''],
    ['terminated --discard--> terminated', ''],
  ])('%s', (...row) => follow(row, false));

  it.each<Row>([
    ['calling --start--> calling', 'arm B 32000, send'],
    ['calling --300-699--> terminated', 'disarm A, disarm B, end done, send, deliver'],
    ['calling --2xx--> accepted', 'disarm A, disarm B, arm M 32000, deliver'],
    ['proceeding --300-699--> terminated', 'disarm A, disarm B, end done, send, deliver'],
  ])('over a reliable transport: %s', (...row) => follow(row, true));

  it.each<Row>([
    ['calling --1xx--> proceeding', 'disarm A, arm B 32000, cancel, deliver'],
    ['calling --2xx--> accepted', 'disarm A, disarm B, arm M 32000, deliver'],
    ['proceeding --cancel--> proceeding', ''],
  ])('once cancelled: %s', (...row) => follow(row, false, 'CANCEL'));

  it('doubles timer A each time', () => {
    const tx = inviteClient(invite, false);
    const fired = [1, 2, 3, 4, 5, 6].map(() => writeEffects(stepInviteClient(tx, inputOf('A'))));
    const intervals = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000];
    expect(fired).toEqual(intervals.map((interval) => `arm A ${interval}, send`));
  });

  it.each(['2xx', '300-699'])('keeps the CANCEL for a provisional response, but not beyond %s', (final) => {
    const tx = inviteClient(invite, false);
    stepInviteClient(tx, inputOf('cancel'));
    expect(tx.cancel).toBe('CANCEL');
    stepInviteClient(tx, inputOf(final));
    expect(tx.cancel).toBe('');
  });

  it('sends the ACK from then on when the INVITE failed', () => {
    const tx = inviteClient(invite, false);
    stepInviteClient(tx, inputOf('300-699'));
    expect(tx.text).toMatch(/^ACK sip:bob@b.example SIP\/2.0\r\n/);
  });

  it('is plain data', () => {
    const tx = inviteClient(invite, false);
    stepInviteClient(tx, inputOf('1xx'));
    const moved: InviteClient = JSON.parse(JSON.stringify(tx));
    expect(moved).toEqual(tx);
    expect(writeEffects(stepInviteClient(moved, inputOf('2xx')))).toContain('arm M');
  });
});
