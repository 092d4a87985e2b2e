import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlink } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Fault } from '@tandem/sip';
import { cutImpossible } from '../faults.ts';

/** How a process is cut off, in the words of a shell. */
interface Way {
  readonly by: string;
  readonly enter: readonly string[];
  readonly begin: string;
  readonly heal: string;
}

/**
 * Cuts a process off from everybody for `ms`, or until the signal; settles when it is heard again, with what has cut it. Where
 * it has a network namespace of its own its packets are dropped there, else it is stopped, which is the same to all others.
 * A shell does it that heals by itself: whoever kills this process leaves nothing behind. Rejects with `cut-impossible`.
 */
export async function cutOff(pid: number, ms: number, signal: AbortSignal): Promise<string> {
  const { by, enter, begin, heal } = (await hasOwnNetwork(pid)) ? dropping(pid) : stopping(pid);
  const rest = `echo cut && { sleep ${ms / 1_000} >/dev/null 2>&1 & wait $!; }`;
  const script = `trap '{ ${heal}; } >/dev/null 2>&1' EXIT; trap exit TERM; ${begin} && ${rest}`;
  const [program, ...args] = [...enter, 'sh', '-c', script];
  const said = await run(program!, args, signal);
  if (said.startsWith('cut\n')) return by;
  throw new Fault(cutImpossible, `process ${pid} by ${by}: ${said}`);
}

function dropping(pid: number): Way {
  const rules = ['iptables', 'ip6tables'].flatMap((program) => [
    [program, 'INPUT ! -i lo -j DROP'] as const,
    [program, 'OUTPUT ! -o lo -j DROP'] as const,
  ]);
  return {
    by: 'iptables',
    enter: ['nsenter', `--net=/proc/${pid}/ns/net`],
    begin: rules.map(([program, rule]) => `${program} -w -I ${rule}`).join(' && '),
    heal: rules.map(([program, rule]) => `${program} -w -D ${rule}`).join('; '),
  };
}

function stopping(pid: number): Way {
  return { by: 'SIGSTOP', enter: [], begin: `kill -STOP ${pid}`, heal: `kill -CONT ${pid}` };
}

/** What a program printed; SIGTERM ends it when the signal comes. */
async function run(program: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = (): unknown => child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  try {
    const [said, complaint] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    return said + complaint;
  } catch (error) {
    return (error as Error).message;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Without it, to drop its packets would be to drop ours. */
async function hasOwnNetwork(pid: number): Promise<boolean> {
  try {
    const [its, ours] = await Promise.all(
      [`${pid}`, 'self'].map((process) => readlink(`/proc/${process}/ns/net`)),
    );
    return its !== ours;
  } catch {
    return false;
  }
}
