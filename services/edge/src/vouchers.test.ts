import { describe, expect, it } from 'vitest';
import type { Flow } from './socket/flow.ts';
import { Vouchers } from './vouchers.ts';

const listener = { transport: 'tcp', host: '192.0.2.1', port: 5060, advertised: '192.0.2.1:5060' } as const;

function flow(connection: number): Flow {
  const send = (): void => {};
  const made: Flow = {
    transport: connection === 0 ? 'udp' : 'tcp',
    reliable: connection !== 0,
    host: '192.0.2.4',
    port: 5062,
    listener,
    connection,
    repliesTo: () => made,
    send,
  };
  return made;
}

const alice = { tenant: 'acme', user: '1001' };
const bob = { tenant: 'acme', user: '1002' };

describe('a connection', () => {
  it('speaks for the user that registered over it', () => {
    const vouchers = new Vouchers();
    vouchers.registered(flow(7), alice, true);
    vouchers.registered(flow(7), alice, true);
    expect(vouchers.voucher(flow(7))).toEqual(alice);
    expect(vouchers.voucher(flow(8))).toBeUndefined();
  });

  it('speaks for nobody once its user has unregistered', () => {
    const vouchers = new Vouchers();
    vouchers.registered(flow(7), alice, true);
    vouchers.registered(flow(7), alice, false);
    expect(vouchers.voucher(flow(7))).toBeUndefined();
  });

  it('speaks for nobody when two users have registered over it, and does not forget that', () => {
    const vouchers = new Vouchers();
    vouchers.registered(flow(7), alice, true);
    vouchers.registered(flow(7), bob, true);
    vouchers.registered(flow(7), alice, true);
    expect(vouchers.voucher(flow(7))).toBeUndefined();
  });

  it('is forgotten with its end', () => {
    const vouchers = new Vouchers();
    vouchers.registered(flow(7), alice, true);
    vouchers.ended(flow(7));
    expect(vouchers.voucher(flow(7))).toBeUndefined();
  });
});

it('believes no source of a datagram', () => {
  const vouchers = new Vouchers();
  vouchers.registered(flow(0), alice, true);
  expect(vouchers.voucher(flow(0))).toBeUndefined();
});
