import { Writable } from 'node:stream';
import { media } from '@tandem/contract';
import { type Bus, createLog, type Log, MemoryBus } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Commands, sendReports, serveCommands } from './commands.ts';
import type { Engine } from './engine.ts';
import { mediaSessionUnknown } from './faults.ts';

const direction = { packets: 1, octets: 172, lost: 0, rtcpPackets: 0, refused: 0, jitterUs: 0 };
const statistics: media.Statistics = { fromCaller: direction, fromCallee: direction };
const session: media.Session = { session: 'worker-1.1', toCaller: [], toCallee: [] };

/** An engine that knows one session, and remembers what it was asked. */
class OneSession implements Engine {
  readonly asked: unknown[] = [];

  open(open: media.Open): Promise<media.Session> {
    return this.#answer(open, open.call === 'fails' ? undefined : session);
  }
  describe(describe: media.Describe): Promise<media.Session> {
    return this.#answer(describe, session);
  }
  close(close: media.Close): Promise<media.Statistics> {
    return this.#answer(close, statistics);
  }
  async inspect(inspect: media.Inspect): Promise<media.Statistics> {
    if (inspect.session !== session.session) throw new Fault(mediaSessionUnknown, inspect.session);
    return this.#answer(inspect, statistics);
  }

  async #answer<T>(asked: unknown, answer: T | undefined): Promise<T> {
    this.asked.push(asked);
    if (answer === undefined) throw new TypeError('a bug');
    return answer;
  }
}

let lines: string[];
let log: Log;
let bus: MemoryBus;
let engine: OneSession;
let commands: Commands;

beforeEach(() => {
  lines = [];
  const destination = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  log = createLog({ level: 'info', node: 'worker-1', destination });
  bus = new MemoryBus({ log, now: () => 0 });
  engine = new OneSession();
  commands = serveCommands({ bus, region: 'local', worker: 'worker-1', engine, log });
});

async function request(subject: string, payload: Uint8Array): Promise<media.Reply['reply']> {
  return media.Reply.decode(await bus.request(subject, payload, { timeoutMs: 1000 })).reply;
}

const send = (subject: string, command: media.Command['command']): Promise<media.Reply['reply']> =>
  request(subject, media.Command.encode({ command, traceparent: '' }).finish());

const open: media.Open = {
  call: 'call-1',
  streams: 1,
  callerSources: ['192.0.2.1'],
  calleeSources: [],
  inactivity: 20,
  owner: 'edge-1',
};
const describing: media.Describe = { session: 'worker-1.1', side: 1, streams: [], signallingSource: '' };

describe('commands', () => {
  it('open a session where any worker may take it', async () => {
    expect(await send('tandem.local.media.allocate', { $case: 'open', value: open })).toEqual({
      $case: 'session',
      value: session,
    });
    expect(engine.asked).toEqual([expect.objectContaining({ call: 'call-1', callerSources: ['192.0.2.1'] })]);
  });

  it.each([
    [{ $case: 'describe', value: describing }, 'session'],
    [{ $case: 'close', value: { session: 'worker-1.1' } }, 'statistics'],
    [{ $case: 'inspect', value: { session: 'worker-1.1' } }, 'statistics'],
  ] as [media.Command['command'], string][])('reach the worker by its name: %j', async (command, reply) => {
    expect((await send('tandem.local.media.worker-1', command))?.$case).toBe(reply);
  });

  it('are refused with the fault’s code', async () => {
    const command = { $case: 'inspect', value: { session: 'worker-1.9' } } as const;
    expect(await send('tandem.local.media.worker-1', command)).toEqual({
      $case: 'refusal',
      value: { fault: 'media-session-unknown', detail: 'worker-1.9' },
    });
    expect(lines).toEqual([]);
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['no protobuf', Uint8Array.of(255, 255, 255)],
    ['a command of a later release', Uint8Array.of(0xfa, 1, 0)],
  ])('are refused when they hold %s', async (_what, payload) => {
    const reply = await request('tandem.local.media.worker-1', payload);
    expect(reply).toMatchObject({ $case: 'refusal', value: { fault: 'media-command-invalid' } });
  });

  it('are refused, and logged, when the engine fails', async () => {
    const reply = await send('tandem.local.media.allocate', {
      $case: 'open',
      value: { ...open, call: 'fails' },
    });
    expect(reply).toEqual({ $case: 'refusal', value: { fault: 'media-failed', detail: 'TypeError: a bug' } });
    expect(lines.join()).toContain('TypeError');
  });

  it('are logged when their answer cannot be sent', async () => {
    const logged = new Promise<string>((resolve) => {
      const destination = new Writable({ write: (chunk) => resolve(String(chunk)) });
      log = createLog({ level: 'info', node: 'worker-1', destination });
    });
    const deaf: Bus = {
      connected: true,
      onConnection: () => () => {},
      observe: () => {},
      publish: () => {},
      subscribe: (subject, handler) => {
        const respond = (): never => {
          throw new Error('the connection is gone');
        };
        handler({ subject, payload: new Uint8Array(0), respond });
        return { unsubscribe: () => {} };
      },
      request: () => Promise.reject(new Error('not used')),
      close: () => Promise.resolve(),
    };
    serveCommands({ bus: deaf, region: 'local', worker: 'worker-1', engine, log });
    expect(await logged).toContain('the connection is gone');
  });

  it('open no session while the worker drains, yet serve those that are open', async () => {
    commands.drain();
    await expect(send('tandem.local.media.allocate', { $case: 'open', value: open })).rejects.toThrow(
      'bus-no-responder',
    );
    expect(await send('tandem.local.media.worker-1', { $case: 'open', value: open })).toEqual({
      $case: 'refusal',
      value: { fault: 'media-draining', detail: 'call-1' },
    });
    expect(
      await send('tandem.local.media.worker-1', { $case: 'close', value: { session: 'worker-1.1' } }),
    ).toBeDefined();
  });

  it('have no effect after the stop', async () => {
    commands.stop();
    for (const subject of ['allocate', 'worker-1']) {
      await expect(send(`tandem.local.media.${subject}`, undefined)).rejects.toThrow('bus-no-responder');
    }
  });
});

describe('reports', () => {
  const report: media.Report = {
    session: 'worker-1.1',
    call: 'call-1',
    report: { $case: 'silent', value: { seconds: 20 } },
  };

  it('go to one of the edges, until one has answered', async () => {
    const told: media.Report[] = [];
    const heard: string[] = [];
    let isDeaf = true;
    for (let edge = 0; edge < 2; edge++) {
      bus.subscribe(
        'tandem.local.edge.report',
        ({ payload, respond }) => {
          told.push(media.Report.decode(payload));
          if (!isDeaf) respond(new Uint8Array());
        },
        { queue: 'edges' },
      );
    }
    const options = { bus, region: 'local', log, deadline: 20 };
    await sendReports([report], options, (session) => heard.push(session));
    expect([told, heard]).toEqual([[report], []]);
    expect(lines.join()).toContain('bus-request-timeout');
    isDeaf = false;
    await sendReports([report], options, (session) => heard.push(session));
    expect([told, heard]).toEqual([[report, report], ['worker-1.1']]);
  });

  it('are logged when there is no edge', async () => {
    await sendReports([report], { bus, region: 'local', log }, () => expect.unreachable());
    expect(lines.join()).toContain('bus-no-responder');
  });
});
