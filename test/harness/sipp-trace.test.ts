import { expect, it } from 'vitest';
import { readTrace } from './sipp-trace.ts';

const text = [
  '----------------------------------------------- 2026-11-21 10:24:09.319399',
  'UDP message received [64] bytes :',
  '',
  'CANCEL sip:1002@10.0.0.5 SIP/2.0\r',
  'Reason: SIP;cause=408\r',
  '\r',
  '',
  '----------------------------------------------- 2026-11-21 10:24:11.320664',
  'TCP message sent (20 bytes):',
  '',
  'SIP/2.0 200 OK\r',
  '\r',
  '',
].join('\n');

it('a trace of sipp tells when which message went which way', () => {
  const [first, second, ...rest] = readTrace(text);
  expect([first?.way, first?.message.start]).toEqual(['received', 'CANCEL sip:1002@10.0.0.5 SIP/2.0']);
  expect(first?.message.header('Reason')).toBe('SIP;cause=408');
  expect([second?.way, second?.message.start]).toEqual(['sent', 'SIP/2.0 200 OK']);
  expect(second!.at - first!.at).toBe(2001);
  expect(rest).toEqual([]);
});
