import { Secret } from '@tandem/resource';
import { Fault } from '@tandem/sip';
import { beforeEach, describe, expect, it } from 'vitest';
import { busClosed } from './faults.ts';
import { createLog, type Log, type LogLevel } from './log.ts';

describe('createLog', () => {
  let lines: Record<string, unknown>[];
  const open = (level: LogLevel = 'info'): Log =>
    createLog({ level, node: 'edge-1', destination: { write: (line) => lines.push(JSON.parse(line)) } });

  beforeEach(() => {
    lines = [];
  });

  it('writes one line of JSON with time, level, node and message', () => {
    open().info({ port: 5060 }, 'listening');
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        node: 'edge-1',
        port: 5060,
        msg: 'listening',
      },
    ]);
  });

  it('binds call and tenant to a child, and to its children', () => {
    open().child({ callId: 'c', tenant: 'acme' }).child({ part: 'media' }).warn({}, 'x');
    expect(lines).toMatchObject([{ node: 'edge-1', callId: 'c', tenant: 'acme', part: 'media' }]);
  });

  it('names the trace of a call wherever it names the call', () => {
    const callId = '0b7e0ccd-43ad-4a1b-8dbf-3d1a6a3f0f1e';
    const traceId = '0b7e0ccd43ad4a1b8dbf3d1a6a3f0f1e';
    open().info({ callId }, 'x');
    open().child({ callId }).info({ port: 1 }, 'y');
    expect(lines).toMatchObject([
      { callId, traceId },
      { callId, traceId, port: 1 },
    ]);
  });

  it('leaves out what is below the level', () => {
    const log = open('warn');
    log.info({}, 'x');
    log.warn({}, 'y');
    open('silent').fatal({}, 'z');
    expect(lines).toMatchObject([{ msg: 'y' }]);
  });

  it('tells a fault by code, detail and hint, and its cause', () => {
    open().error({ err: new Fault(busClosed, 'a.b', { cause: new Error('boom') }) }, 'x');
    expect(lines[0]!.err).toMatchObject({
      fault: 'bus-closed',
      detail: 'a.b',
      hint: busClosed.hint,
      cause: { message: 'boom', stack: expect.any(String) },
    });
  });

  it('tells anything that was thrown', () => {
    open().error({ err: 'a text' }, 'x');
    expect(lines[0]!.err).toBe('a text');
  });

  it('shows no secret', () => {
    const fields = { password: 'p1', user: { ha1: 'p2', authorization: 'p3' }, key: new Secret('p4') };
    open().info(fields, 'x');
    expect(JSON.stringify(lines)).not.toMatch(/p[1-4]/);
  });
});
