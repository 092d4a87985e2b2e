import { describe, expect, it } from 'vitest';
import { type Row, readArrow, writeEffects } from './arrow.ts';
import type { ServerInput } from './input.ts';
import { type InviteServer, inviteServer, stepInviteServer } from './invite-server.ts';
import { request } from './sample.ts';
import type { TimerName } from './timers.ts';

function inputOf(name: string): ServerInput {
  switch (name) {
    case 'INVITE':
      return { on: 'retransmission' };
    case 'ACK':
      return { on: 'ack', request: request('ACK') };
    case 'start':
    case 'discard':
      return { on: name };
    case '100':
      return { on: 'trying', text: '100' };
    case '1xx':
      return { on: 'provisional', text: '180' };
    case '2xx':
      return { on: 'success', text: '200' };
    case '300-699':
      return { on: 'failure', text: '486' };
    default:
      return { on: 'timer', timer: name as TimerName };
  }
}

function follow([arrow, effects]: Row, reliable: boolean, text = ''): void {
  const { from, input, to } = readArrow(arrow);
  const state = from as InviteServer['state'];
  const tx: InviteServer = { ...inviteServer(reliable), state, text };
  expect(writeEffects(stepInviteServer(tx, inputOf(input)))).toBe(effects);
  expect(tx.state).toBe(to);
}

describe('INVITE server transaction', () => {
  it.each<Row>([
    ['proceeding --start--> proceeding', 'arm Trying 200, deliver'],
    ['proceeding --Trying--> proceeding', 'trying'],
    ['proceeding --INVITE--> proceeding', ''],
    ['proceeding --ACK--> proceeding', ''],
    ['proceeding --100--> proceeding', 'disarm Trying, send'],
    ['proceeding --1xx--> proceeding', 'disarm Trying, send'],
    ['proceeding --2xx--> accepted', 'disarm Trying, arm L 32000, forward'],
    ['proceeding --300-699--> completed', 'disarm Trying, arm G 500, arm H 32000, send'],
    ['proceeding --discard--> terminated', 'end done'],
    ['accepted --INVITE--> accepted', ''],
    ['accepted --2xx--> accepted', 'forward'],
    ['accepted --1xx--> accepted', ''],
    ['accepted --300-699--> accepted', ''],
    ['accepted --ACK--> accepted', 'deliver'],
    ['accepted --L--> terminated', 'end done'],
    ['completed --INVITE--> completed', 'send'],
    ['completed --ACK--> confirmed', 'disarm G, disarm H, arm I 5000'],
    ['completed --G--> completed', 'arm G 1000, send'],
    ['completed --H--> terminated', 'end timeout'],
    ['completed --2xx--> completed', ''],
    ['completed --300-699--> completed', ''],
    ['confirmed --ACK--> confirmed', ''],
    ['confirmed --INVITE--> confirmed', ''],
    ['confirmed --2xx--> confirmed', ''],
    ['confirmed --I--> terminated', 'end done'],
    ['terminated --2xx--> terminated', ''],
    ['terminated --discard--> terminated', ''],
    ['terminated --INVITE--> terminated', ''],
  ])('%s', (...row) => follow(row, false));

  it.each<Row>([
    ['proceeding --2xx--> accepted', 'disarm Trying, arm L 32000, forward'],
    ['proceeding --300-699--> completed', 'disarm Trying, arm H 32000, send'],
    ['completed --ACK--> terminated', 'disarm G, disarm H, end done'],
  ])('over a reliable transport: %s', (...row) => follow(row, true));

  it('answers a retransmitted INVITE with the last provisional response', () => {
    follow(['proceeding --INVITE--> proceeding', 'send'], false, '180');
  });

  it('doubles timer G up to T2', () => {
    const tx = inviteServer(false);
    stepInviteServer(tx, inputOf('300-699'));
    const fired = [1, 2, 3, 4, 5].map(() => writeEffects(stepInviteServer(tx, inputOf('G'))));
    const intervals = [1_000, 2_000, 4_000, 4_000, 4_000];
    expect(fired).toEqual(intervals.map((interval) => `arm G ${interval}, send`));
  });

  it('keeps a response only as long as it may have to be sent again', () => {
    const tx = inviteServer(false);
    stepInviteServer(tx, inputOf('1xx'));
    expect(tx.text).toBe('180');
    stepInviteServer(tx, inputOf('300-699'));
    expect(tx.text).toBe('486');
    stepInviteServer(tx, inputOf('ACK'));
    expect(tx.text).toBe('');
  });

  it('is plain data', () => {
    const tx = inviteServer(false);
    stepInviteServer(tx, inputOf('300-699'));
    const moved: InviteServer = JSON.parse(JSON.stringify(tx));
    expect(writeEffects(stepInviteServer(moved, inputOf('ACK')))).toContain('arm I');
  });
});
