import { spawnSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import { join } from 'node:path';

const ATTEMPTS = 3;
const PAUSE = 10_000;

/** What `go install` would leave out; helm takes the last version of Kubernetes that it knows from its linker. */
const linked: Readonly<Record<string, readonly string[]>> = {
  helm: [
    'helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1',
    'helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=36',
  ],
};

/** Runs go in a folder and returns what it prints; throws with its complaint. */
function go(folder: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('go', args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1_048_576,
    // The compiler is quicker when it collects its garbage less often.
    env: { ...process.env, CGO_ENABLED: '0', GOGC: '400' },
  });
  if (status === 0) return stdout;
  if (error) throw new Error(`go does not run: ${error.message}`);
  throw new Error(`go ${args[0]}: ${[stderr, stdout].join('\n').trim()}`);
}

/** What has to come from the module proxy: a network that fails once may not fail the second time. */
export async function fetched(folder: string, ...args: readonly string[]): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return go(folder, ...args);
    } catch (error) {
      if (attempt === ATTEMPTS) throw new Error(`${ATTEMPTS} attempts: ${(error as Error).message}`);
    }
    await new Promise((resume) => setTimeout(resume, PAUSE));
  }
}

/**
 * Builds the tool of the Go module in the folder. Without optimisation, as a test runs it for a second and the
 * compiler would need half as long again.
 */
export async function build(name: string, module: string, out: string): Promise<void> {
  await fetched(module, 'list', '-deps', 'tool');
  const flags = (linked[name] ?? []).map((variable) => `-X ${variable}`);
  const to = join(out, `${name}.new`);
  go(
    module,
    'build',
    '-trimpath',
    '-gcflags=all=-N -l',
    `-ldflags=-s -w ${flags.join(' ')}`,
    '-o',
    to,
    'tool',
  );
  renameSync(to, join(out, name));
}
