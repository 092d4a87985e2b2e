import { describe, expect, it } from 'vitest';
import { type Row, readArrow, writeEffects } from './arrow.ts';
import type { ServerInput } from './input.ts';
import { type NonInviteServer, nonInviteServer, stepNonInviteServer } from './non-invite-server.ts';
import type { TimerName } from './timers.ts';

function inputOf(name: string): ServerInput {
  switch (name) {
    case 'request':
      return { on: 'retransmission' };
    case 'start':
    case 'discard':
      return { on: name };
    case '100':
      return { on: 'trying', text: '100' };
    case '1xx':
      return { on: 'provisional', text: '183' };
    case '2xx':
      return { on: 'success', text: '200' };
    case '300-699':
      return { on: 'failure', text: '404' };
    default:
      return { on: 'timer', timer: name as TimerName };
  }
}

function follow([arrow, effects]: Row, reliable: boolean, text = ''): void {
  const { from, input, to } = readArrow(arrow);
  const state = from as NonInviteServer['state'];
  const tx: NonInviteServer = { ...nonInviteServer(reliable), state, text };
  expect(writeEffects(stepNonInviteServer(tx, inputOf(input)))).toBe(effects);
  expect(tx.state).toBe(to);
}

describe('non-INVITE server transaction', () => {
  it.each<Row>([
    ['trying --start--> trying', 'arm LateTrying 3500, arm Unanswered 32000, deliver'],
    ['trying --request--> trying', ''],
    ['trying --100--> trying', ''],
    ['trying --1xx--> trying', ''],
    ['trying --LateTrying--> proceeding', 'trying'],
    ['trying --2xx--> completed', 'disarm LateTrying, disarm Unanswered, arm J 32000, send'],
    ['trying --300-699--> completed', 'disarm LateTrying, disarm Unanswered, arm J 32000, send'],
    ['trying --Unanswered--> terminated', 'end timeout'],
    ['trying --discard--> terminated', 'end done'],
    ['proceeding --100--> proceeding', 'disarm LateTrying, send'],
    ['proceeding --1xx--> proceeding', ''],
    ['proceeding --2xx--> completed', 'disarm LateTrying, disarm Unanswered, arm J 32000, send'],
    ['proceeding --300-699--> completed', 'disarm LateTrying, disarm Unanswered, arm J 32000, send'],
    ['proceeding --Unanswered--> terminated', 'end timeout'],
    ['completed --request--> completed', 'send'],
    ['completed --2xx--> completed', ''],
    ['completed --J--> terminated', 'end done'],
    ['terminated --2xx--> terminated', ''],
    ['terminated --discard--> terminated', ''],
  ])('%s', (...row) => follow(row, false));

  it.each<Row>([
    ['trying --100--> proceeding', 'disarm LateTrying, send'],
    ['trying --1xx--> trying', ''],
    ['trying --2xx--> terminated', 'disarm LateTrying, disarm Unanswered, end done, send'],
    ['proceeding --300-699--> terminated', 'disarm LateTrying, disarm Unanswered, end done, send'],
  ])('over a reliable transport: %s', (...row) => follow(row, true));

  it('answers a retransmission with the 100 that was sent', () => {
    follow(['proceeding --request--> proceeding', 'send'], false, '100');
  });

  it('is plain data', () => {
    const tx = nonInviteServer(false);
    stepNonInviteServer(tx, inputOf('2xx'));
    const moved: NonInviteServer = JSON.parse(JSON.stringify(tx));
    expect(moved.text).toBe('200');
    expect(writeEffects(stepNonInviteServer(moved, inputOf('request')))).toBe('send');
  });
});
