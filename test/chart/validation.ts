import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { toolFolder } from '../tools.ts';

/** Schemas of Kubernetes, as kubectl-validate takes them: the oldest that the chart takes, and the newest. */
export const versions: Readonly<Record<string, readonly string[]>> = {
  '1.29': ['--version', '1.29'],
  '1.36': ['--version', '1.30', '--local-schemas', join(toolFolder, 'schemas/kubernetes')],
};

interface Status {
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
}

/** What is wrong with each document of files of YAML, and of resources of others too; empty for one that is valid. */
export function complaints(version: string, files: readonly string[]): Map<string, string[]> {
  const crds = ['--local-crds', join(toolFolder, 'schemas/crds')];
  const args = [...(versions[version] ?? []), ...crds, '--output', 'json', ...files];
  const { stdout, stderr } = spawnSync(join(toolFolder, 'kubectl-validate'), args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1_048_576,
  });
  if (!stdout.startsWith('{')) throw new Error(stderr);
  const found = JSON.parse(stdout) as Record<string, Status[]>;
  return new Map(Object.entries(found).map(([file, of]) => [file, of.map(({ message = '' }) => message)]));
}
