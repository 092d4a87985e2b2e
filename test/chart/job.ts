import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { MAIN } from '../harness/tandem-process.ts';
import type { Variable } from './environment.ts';

const run = promisify(execFile);

/** The pod of a Job, as far as it says what runs. */
export interface JobPod {
  readonly initContainers?: readonly JobContainer[];
  readonly containers: readonly JobContainer[];
}

interface JobContainer {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: readonly Variable[];
}

/** What this machine has in place of a cluster. */
export interface Kubelet {
  readonly environment: (variables: readonly Variable[]) => Record<string, string>;
  /** Folders of this machine by where they are mounted. */
  readonly mounts?: Readonly<Record<string, string>>;
}

/** Runs the containers of a pod one after the other; returns what they said, and rejects with what one said that failed. */
export async function runPod(pod: JobPod, { environment, mounts = {} }: Kubelet): Promise<string> {
  let said = '';
  for (const { name, args, env } of [...(pod.initContainers ?? []), ...pod.containers]) {
    const argv = args.map((each) => mounts[each] ?? each);
    const known = { PATH: process.env.PATH ?? '', ...environment(env) };
    const { stdout } = await run(process.execPath, [MAIN, ...argv], { env: known }).catch(
      (error: Error & { readonly stdout: string; readonly stderr: string }) => {
        throw new Error(`${name}: ${error.stdout}${error.stderr}`);
      },
    );
    said += stdout;
  }
  return said;
}
