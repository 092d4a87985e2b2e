import { describe, expect, it } from 'vitest';
import { batch, midnight, seen, sip } from './fixture.ts';
import { ladder } from './ladder.ts';
import { timeline } from './timeline.ts';

const [alice, bob] = ['192.0.2.1:5060', '192.0.2.2:5060'];
const invite = sip('INVITE sip:1002@acme.example SIP/2.0', 'INVITE', 'v=0\r\n');
const forwarded = sip('INVITE sip:bob@192.0.2.2 SIP/2.0', 'INVITE', 'v=0\r\n');
const onward = sip('INVITE sip:1002@192.0.2.2 SIP/2.0', 'INVITE', 'v=0\r\n');
const ringing = sip('SIP/2.0 180 Ringing', 'INVITE');

function drawn(batches: Parameters<typeof timeline>[0], verbose = false): string[] {
  return ladder(timeline(batches), { verbose }).split('\n');
}

describe('ladder', () => {
  it('draws a call through an edge, with what the edge was told', () => {
    const entries = [
      seen(1, 'received', alice, invite),
      { kind: 'note', at: midnight + 2, part: 'router', text: 'relay, call 1\nidentity: 1001@acme' },
      seen(3, 'sent', bob, forwarded),
      seen(40, 'received', bob, ringing),
      seen(41, 'sent', alice, ringing),
    ] as const;
    expect(drawn([batch('edge-1', entries)])).toEqual([
      '              1001                          edge-1                        bob',
      '              192.0.2.1:5060                192.0.2.9:5060                192.0.2.2:5060',
      '00:00:00.001  |-- INVITE (SDP) ------------>|                             |',
      '00:00:00.002  |                             * router: relay, call 1',
      '              |                                 identity: 1001@acme',
      '00:00:00.003  |                             |-- INVITE (SDP) ------------>|',
      '00:00:00.040  |                             |<- 180 Ringing --------------|',
      '00:00:00.041  |<- 180 Ringing --------------|                             |',
    ]);
  });

  it('draws what goes from edge to edge once', () => {
    const one = batch('edge-1', [
      seen(1, 'received', alice, invite),
      seen(2, 'sent', '192.0.2.8:5060', forwarded),
      seen(7, 'received', '192.0.2.8:5060', ringing),
    ]);
    const two = batch('edge-2', [
      { ...seen(3, 'received', '192.0.2.9:43210', forwarded), local: '192.0.2.8:5060' },
      { ...seen(4, 'sent', bob, onward), local: '192.0.2.8:5060' },
      { ...seen(6, 'sent', '192.0.2.9:5060', ringing), local: '192.0.2.8:5060' },
    ]);
    expect(drawn([one, two]).map((line) => line.slice(14))).toEqual([
      '1001                          edge-1                        edge-2                        1002',
      '192.0.2.1:5060                192.0.2.9:5060                192.0.2.8:5060                192.0.2.2:5060',
      '|-- INVITE (SDP) ------------>|                             |                             |',
      '|                             |-- INVITE (SDP) ------------>|                             |',
      '|                             |                             |-- INVITE (SDP) ------------>|',
      '|                             |<- 180 Ringing --------------|                             |',
    ]);
  });

  it('draws over the pillars between two that are not neighbours', () => {
    const entries = [
      seen(1, 'received', alice, invite),
      seen(2, 'sent', bob, forwarded),
      seen(3, 'sent', '192.0.2.3:5060', forwarded),
    ];
    expect(drawn([batch('edge-1', entries)]).at(-1)).toBe(
      '00:00:00.003  |                             |-- INVITE (SDP) ------------------------------------------>|',
    );
  });

  it('cuts what is too long to be drawn', () => {
    const long = sip(`SIP/2.0 400 Bad Request - ${'x'.repeat(80)}`, 'INVITE');
    expect(drawn([batch('edge-1', [seen(1, 'sent', alice, long)])]).at(-1)).toBe(
      '00:00:00.001  |<- 400 Bad Request - xxx.. --|',
    );
  });

  it('shows all of a message when that is wanted, and nothing that a terminal would obey', () => {
    const odd = sip('SIP/2.0 200 \x1b[2J\xc3\xbc', 'INVITE');
    const lines = drawn([batch('edge-1', [seen(1, 'sent', alice, odd)])], true);
    expect(lines[3]).toBe('                SIP/2.0 200 \\x1b[2Jü');
    expect(lines).toContain('                Call-ID: c@h');
    expect(lines[2]).toContain('200 \\x1b[2Jü');
  });

  it('draws what is no SIP at all', () => {
    expect(drawn([batch('edge-1', [seen(1, 'sent', alice, 'garbage')])]).at(-1)).toContain('- garbage -');
  });
});
