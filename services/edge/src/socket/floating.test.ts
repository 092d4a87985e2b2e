import { describe, expect, it } from 'vitest';
import { planListeners } from './floating.ts';
import type { Listener } from './listener.ts';

function listener(transport: 'udp' | 'tcp', host: string, port = 5060): Listener {
  return { transport, host, port, advertised: `192.0.2.1:${port}` };
}

const own = [listener('udp', '192.0.2.1'), listener('tcp', '192.0.2.1')];
const wide = [listener('udp', '0.0.0.0'), listener('tcp', '0.0.0.0')];

function shown(listeners: readonly Listener[]): string[] {
  return listeners.map(({ transport, host, port }) => `${transport} ${host}:${port}`);
}

describe('the listeners of an edge', () => {
  it.each([
    ['share nothing', own, undefined, ['udp 192.0.2.1:5060', 'tcp 192.0.2.1:5060'], []],
    ['share a name', own, 'sip.example', ['udp 192.0.2.1:5060', 'tcp 192.0.2.1:5060'], []],
    [
      'share an address, which moves',
      own,
      '192.0.2.100',
      ['udp 192.0.2.1:5060', 'tcp 192.0.2.1:5060'],
      ['udp 192.0.2.100:5060', 'tcp 192.0.2.100:5060'],
    ],
    [
      'share a port of an address',
      own,
      '192.0.2.100:5080',
      ['udp 192.0.2.1:5060', 'tcp 192.0.2.1:5060'],
      ['udp 192.0.2.100:5080', 'tcp 192.0.2.100:5080'],
    ],
    ['have the shared address', own, '192.0.2.1', ['udp 192.0.2.1:5060', 'tcp 192.0.2.1:5060'], []],
    [
      'stand for all addresses: a datagram has to leave from the one that moves',
      wide,
      '192.0.2.100',
      ['tcp 0.0.0.0:5060'],
      ['udp 192.0.2.100:5060', 'udp 0.0.0.0:5060'],
    ],
    [
      'share an address of another family',
      own,
      '[2001:db8::1]',
      ['udp 192.0.2.1:5060', 'tcp 192.0.2.1:5060'],
      [],
    ],
  ])('%s', (_name, listeners, shared, fixed, moving) => {
    const plan = planListeners(listeners, shared);
    expect([shown(plan.fixed), shown(plan.moving)]).toEqual([fixed, moving]);
  });

  it('say their own address in Via wherever they are', () => {
    const { moving } = planListeners(own, '192.0.2.100');
    expect(moving.map(({ advertised, floating }) => [advertised, floating])).toEqual([
      ['192.0.2.1:5060', true],
      ['192.0.2.1:5060', true],
    ]);
  });
});
