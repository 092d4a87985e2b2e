import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const folder = new URL('.', import.meta.url).href;

/** A process with one part, whose closing is `close`, and before that `farewell`; then it does `act`. */
const program = (close: string, act: string, farewell: string): string => `
  import { Lifecycle } from '${folder}lifecycle.ts';
  import { createLog } from '${folder}log.ts';
  import { handleProcessEvents } from '${folder}process-events.ts';
  const log = createLog({ level: 'info', node: 'n', destination: 1 });
  const lifecycle = new Lifecycle(log);
  handleProcessEvents(lifecycle, log, async (cut) => { ${farewell} });
  const timer = setInterval(() => undefined, 1_000);
  await lifecycle.start('part', { open: () => timer, close: () => { ${close} } });
  log.info({}, 'running');
  ${act}
`;

class Child {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  constructor(close: string, act = '', farewell = '') {
    const args = ['--input-type=module', '--eval', program(close, act, farewell)];
    this.#process = spawn(process.execPath, args, { timeout: 10_000, killSignal: 'SIGKILL' });
    this.#lines = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
  }

  /** Skips the log until a message. */
  async says(message: string): Promise<object> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error(`it ended before it said ${message}`);
      const line = JSON.parse(value) as { msg: string };
      if (line.msg === message) return line;
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async exits(): Promise<number | null> {
    if (this.#process.exitCode === null) await once(this.#process, 'exit');
    return this.#process.exitCode;
  }
}

describe('handleProcessEvents', () => {
  let child: Child;
  afterEach(() => child.kill('SIGKILL'));

  it.each(['SIGINT', 'SIGTERM'] as const)('stops in order at %s', async (signal) => {
    child = new Child(`clearInterval(timer); log.info({}, 'closed');`);
    await child.says('running');
    child.kill(signal);
    expect(await child.says('stopping')).toMatchObject({ signal });
    await child.says('closed');
    expect(await child.exits()).toBe(0);
  });

  it('exits with 1 when a part does not stop properly', async () => {
    child = new Child(`throw new Error('stuck');`);
    await child.says('running');
    child.kill('SIGTERM');
    expect(await child.says('a part did not stop properly')).toMatchObject({ err: { message: 'stuck' } });
    expect(await child.exits()).toBe(1);
  });

  it('exits at once at the second signal', async () => {
    child = new Child(`log.info({}, 'closing'); return new Promise(() => undefined);`);
    await child.says('running');
    child.kill('SIGTERM');
    await child.says('closing');
    child.kill('SIGINT');
    expect(await child.exits()).toBe(1);
  });

  describe('with a farewell', () => {
    const farewell = `
      log.info({}, 'leaving');
      await new Promise((resolve) => cut.addEventListener('abort', resolve));
    `;

    beforeEach(async () => {
      child = new Child(`clearInterval(timer); log.info({}, 'closed');`, '', farewell);
      await child.says('running');
    });

    it('takes leave at SIGTERM, and stops in order when another signal cuts that short', async () => {
      child.kill('SIGTERM');
      await child.says('leaving');
      child.kill('SIGTERM');
      await child.says('stopping');
      await child.says('closed');
      expect(await child.exits()).toBe(0);
    });

    it('takes no leave at SIGINT', async () => {
      child.kill('SIGINT');
      expect(await child.says('stopping')).toMatchObject({ signal: 'SIGINT' });
      expect(await child.exits()).toBe(0);
    });
  });

  it.each([
    ['an exception', `setImmediate(() => { throw new Error('boom'); });`, 'uncaughtException'],
    ['a rejection', `void Promise.reject(new Error('boom'));`, 'unhandledRejection'],
  ])('logs %s that nobody caught and exits with 1', async (_, act, origin) => {
    child = new Child('', act);
    expect(await child.says('nobody caught an error')).toMatchObject({ origin, err: { message: 'boom' } });
    expect(await child.exits()).toBe(1);
  });
});
