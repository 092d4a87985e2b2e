import { cpSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fetched } from './programs.ts';

/** Where a Go module has schemas; `sum` is what the module must hash to. */
interface Source {
  readonly module: string;
  readonly sum: string;
  readonly folder: string;
}

/** The newest that the module proxy has; kubectl-validate brings those of the oldest. */
const kubernetes: Source = {
  module: 'k8s.io/kubernetes@v1.36.3',
  sum: 'h1:qDQdoMiluAE2Eab6Fa52YV+WjiGz9mZFFoagEA6cI+o=',
  folder: 'api/openapi-spec/v3',
};

const customResources: readonly Source[] = [
  {
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    sum: 'h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=',
    folder: 'example/prometheus-operator-crd',
  },
  {
    module: 'github.com/kedacore/keda/v2@v2.21.0',
    sum: 'h1:R6z2HZvstK4RLUMxroNACzBj74xGxt3kG59b5Xc+Xps=',
    folder: 'config/crd/bases',
  },
  {
    module: 'github.com/cert-manager/cert-manager@v1.21.2',
    sum: 'h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=',
    folder: 'deploy/crds',
  },
];

/** Lays schemas out as kubectl-validate reads them: `kubernetes` by group and version, `crds` as files of YAML. */
export async function schemas(out: string): Promise<void> {
  const to = join(out, 'schemas.new');
  rmSync(to, { recursive: true, force: true });
  mkdirSync(join(to, 'crds'), { recursive: true });
  const builtIn = await folderOf(kubernetes, out);
  for (const [file, path] of groups(builtIn)) cpSync(join(builtIn, file), join(to, 'kubernetes', path));
  for (const source of customResources) {
    const from = await folderOf(source, out);
    for (const file of readdirSync(from).filter((name) => /^[a-z.-]+_[a-z]+\.yaml$/.test(name)))
      cpSync(join(from, file), join(to, 'crds', file));
  }
  renameSync(to, join(out, 'schemas'));
}

/** Files such as `apis__apps__v1_openapi.json`, and where kubectl-validate looks for them. */
function groups(folder: string): [string, string][] {
  return readdirSync(folder).flatMap((file) => {
    const path = /^(api(?:s__[a-z0-9.]+)?__v\w+)_openapi\.json$/.exec(file)?.[1];
    return path ? [[file, `${path.replaceAll('__', '/')}.json`]] : [];
  });
}

async function folderOf({ module, sum, folder }: Source, cwd: string): Promise<string> {
  const { Dir, Sum } = JSON.parse(await fetched(cwd, 'mod', 'download', '-json', module)) as {
    readonly Dir: string;
    readonly Sum: string;
  };
  if (Sum !== sum) throw new Error(`${module} hashes to ${Sum}, not to ${sum}`);
  return join(Dir, folder);
}
