import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { needs } from '../../../../test/harness/needs.ts';
import { cutOff } from './process-cut.ts';

const minute = 60_000;
const file = join(import.meta.dirname, 'process-cut.ts');

function start(program: string, ...args: readonly string[]): ChildProcess & { pid: number } {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child as ChildProcess & { pid: number };
}

/** T of a process that is stopped, S of one that waits. */
async function stateOf(pid: number): Promise<string> {
  return / ([A-Z]) /.exec(await readFile(`/proc/${pid}/stat`, 'latin1'))?.[1] ?? '';
}

describe('a process of our own network that is cut off', () => {
  it('is stopped until the signal comes', async () => {
    const { pid } = start('sleep', '600');
    const stop = new AbortController();
    const over = cutOff(pid, minute, stop.signal);
    await expect.poll(() => stateOf(pid)).toBe('T');
    stop.abort();
    expect([await over, await stateOf(pid)]).toEqual(['SIGSTOP', 'S']);
  });

  it('goes on after its time, also when who has stopped it is killed meanwhile', {
    timeout: 20_000,
  }, async () => {
    const { pid } = start('sleep', '600');
    const script = `(await import('${file}')).cutOff(${pid}, 1000, new AbortController().signal)`;
    const chaos = start(process.execPath, '--input-type=module', '-e', script);
    await expect.poll(() => stateOf(pid), { timeout: 10_000 }).toBe('T');
    chaos.kill('SIGKILL');
    await expect.poll(() => stateOf(pid), { timeout: 10_000 }).toBe('S');
  });

  it('has to be there', async () => {
    await expect(cutOff(4_194_305, minute, new AbortController().signal)).rejects.toThrow(
      'cut-impossible: process 4194305 by SIGSTOP: sh: ',
    );
  });
});

needs('namespace')('a process with a network of its own that is cut off', () => {
  it('hears and says nothing but to itself, and has its rules as before afterwards', async () => {
    const holder = start('unshare', '--net', 'sh', '-c', 'ip link set lo up; echo up; exec sleep 600');
    await new Promise((resolve) => holder.stdout!.once('data', resolve));
    const rules = async (program: string): Promise<string> => {
      const child = start('nsenter', `--net=/proc/${holder.pid}/ns/net`, program, '-w', '-S');
      return (await child.stdout!.setEncoding('utf8').toArray()).join('');
    };
    const before = await Promise.all(['iptables', 'ip6tables'].map(rules));
    const stop = new AbortController();
    const over = cutOff(holder.pid, minute, stop.signal);
    for (const program of ['iptables', 'ip6tables']) {
      await expect.poll(() => rules(program)).toContain('-A INPUT ! -i lo -j DROP');
      await expect.poll(() => rules(program)).toContain('-A OUTPUT ! -o lo -j DROP');
    }
    stop.abort();
    expect([await over, await stateOf(holder.pid)]).toEqual(['iptables', 'S']);
    expect(await Promise.all(['iptables', 'ip6tables'].map(rules))).toEqual(before);
  });
});
