import { expect, it as plain } from 'vitest';
import { until } from './deadline.ts';
import { it } from './fixture.ts';
import { needs } from './needs.ts';
import { Network } from './network.ts';
import { Process } from './process.ts';

const describe = needs('namespace');

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function gone(pid: number): Promise<void> {
  await until(
    () => `the end of process ${pid}`,
    () => !alive(pid),
  );
}

describe('a process', () => {
  it('is awaited by its lines, whichever stream they come on', async ({ network }) => {
    const host = await network.host('one');
    const shell = host.spawn(['sh', '-c', 'echo out; echo err >&2']);
    expect(await shell.line(/^err$/)).toBe('err');
    expect(await shell.line(/^out$/)).toBe('out');
    expect(await shell.ended(5_000)).toEqual({ code: 0, signal: null });
    expect(shell.transcript.toSorted()).toEqual(['err', 'out']);
  });

  it('fails who waits for a line as soon as it ends', async ({ network }) => {
    const shell = (await network.host('one')).spawn(['sh', '-c', 'echo sorry; exit 3']);
    await expect(shell.line(/ready/, 60_000)).rejects.toThrow(/it ended with 3.*\n {2}sorry/);
  });

  it('is given the folder and the environment', async ({ network }) => {
    const host = await network.host('one');
    const shell = host.spawn(['sh', '-c', 'echo "$PWD $COLOUR"'], { cwd: '/', env: { COLOUR: 'red' } });
    await shell.line(/^\/ red$/);
  });

  it('is killed when it does not end on demand', async ({ network }) => {
    const shell = (await network.host('one')).spawn([
      'sh',
      '-c',
      'trap "" TERM; echo ready; while :; do read -r line; done < /dev/zero',
    ]);
    await shell.line(/^ready$/);
    expect(await shell.stop()).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('takes what it started with it', async ({ network }) => {
    const shell = (await network.host('one')).spawn(['sh', '-c', 'sleep 1000 & echo $!; wait']);
    const child = Number(await shell.line(/^\d+$/));
    await shell.stop('SIGKILL');
    await gone(child);
  });

  it('ends with its network', async () => {
    const network = await Network.open('closed by hand');
    const sleep = (await network.host('one')).spawn(['sleep', '1000']);
    await network.close();
    expect(alive(sleep.pid)).toBe(false);
  });

  plain('does not outlive a test process that crashes', async () => {
    const crash = `
      import { Process } from '${import.meta.resolve('./process.ts')}';
      const shell = new Process('shell', ['sh', '-c', 'echo $$; exec sleep 1000']);
      process.stdout.write(await shell.line(/^\\d+$/) + '\\n');
      setInterval(() => undefined, 1000);`;
    const worker = new Process('worker', [process.execPath, '--input-type=module', '-e', crash]);
    const orphan = Number(await worker.line(/^\d+$/));
    await worker.stop('SIGKILL');
    await gone(orphan);
  });
});
