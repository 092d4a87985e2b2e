import { beforeEach, describe, expect, it } from 'vitest';
import { Lifecycle } from './lifecycle.ts';
import { createLog } from './log.ts';

describe('Lifecycle', () => {
  let lines: unknown[];
  let events: string[];
  let lifecycle: Lifecycle;

  beforeEach(() => {
    lines = [];
    events = [];
    const destination = { write: (line: string) => lines.push(JSON.parse(line)) };
    lifecycle = new Lifecycle(createLog({ level: 'info', node: 'n', destination }));
  });

  const part = (name: string): Promise<string> =>
    lifecycle.start(name, {
      open: async () => {
        events.push(`open ${name}`);
        return name;
      },
      close: async (opened) => {
        await Promise.resolve();
        events.push(`close ${opened}`);
      },
    });

  it('opens in order and closes in reverse order, one after the other', async () => {
    expect(await part('bus')).toBe('bus');
    await part('http');
    await part('sip');
    expect(await lifecycle.stop()).toEqual([]);
    expect(events).toEqual(['open bus', 'open http', 'open sip', 'close sip', 'close http', 'close bus']);
  });

  it('is ready from running to stopping', async () => {
    const ready = [lifecycle.readiness.ready];
    await part('bus');
    lifecycle.running();
    ready.push(lifecycle.readiness.ready);
    const stopped = lifecycle.stop();
    ready.push(lifecycle.readiness.ready);
    await stopped;
    expect(ready).toEqual([false, true, false]);
  });

  it('closes what was opened before a part that cannot be', async () => {
    await part('bus');
    const open = (): never => {
      throw new Error('no port');
    };
    await expect(lifecycle.start('sip', { open, close: () => events.push('close sip') })).rejects.toThrow(
      'no port',
    );
    await lifecycle.stop();
    expect(events).toEqual(['open bus', 'close bus']);
  });

  it('closes a part that was being opened when it was told to stop, and opens no other', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const opening = lifecycle.start('slow', {
      open: () => promise,
      close: (name) => events.push(`close ${name}`),
    });
    const refused = expect(opening).rejects.toThrow('already-stopping: slow');
    const stopped = lifecycle.stop();
    resolve('slow');
    await stopped;
    await refused;
    expect(events).toEqual(['close slow']);
    await expect(part('late')).rejects.toThrow('already-stopping: late');
  });

  it('reports what fails to close and closes the rest', async () => {
    await part('bus');
    const close = (): never => {
      throw new Error('stuck');
    };
    await lifecycle.start('http', { open: () => 1, close });
    expect(await lifecycle.stop()).toMatchObject([{ message: 'stuck' }]);
    expect(events).toEqual(['open bus', 'close bus']);
    expect(lines).toMatchObject([{ level: 'error', part: 'http', err: { message: 'stuck' } }]);
  });

  it('goes on without what does not close in its time', async () => {
    await part('bus');
    await lifecycle.start('media', { open: () => 1, close: () => new Promise(() => undefined), withinMs: 5 });
    expect(await lifecycle.stop()).toMatchObject([{ message: 'stop-overdue: media: not within 5 ms' }]);
    expect(events).toEqual(['open bus', 'close bus']);
  });

  it('stops once, however often it is told', async () => {
    await part('bus');
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    await lifecycle.stop();
    expect(events).toEqual(['open bus', 'close bus']);
  });
});
