import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { toolFolder } from '../tools.ts';

const run = promisify(execFile);

export const chart: string = join(import.meta.dirname, '../../charts/tandem');
/** A version of Kubernetes that is supported: a helm that was built from its module knows of an old one alone. */
const version = '1.34.0';
const release = 'sw';

/** An object of Kubernetes, as far as these tests look into it. */
export interface Manifest {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: what is asserted of a manifest says what is in it.
  readonly [field: string]: any;
}

/** Values by their paths, such as `{ 'edge.replicas': 3 }`; each is written as JSON. */
export type Values = Readonly<Record<string, unknown>>;

/** The values files of the chart, by scenario. */
export const scenarios: readonly string[] = readdirSync(join(chart, 'ci'))
  .map((file) => file.replace(/-values\.yaml$/, ''))
  .sort();

/** The values of a scenario; one that is not the chart's is a file. */
function valuesOf(scenario: string): readonly string[] {
  const file = isAbsolute(scenario) ? scenario : join(chart, 'ci', `${scenario}-values.yaml`);
  return ['--values', file];
}

/** What the chart makes of values, and of those of a scenario; with more flags of helm. Rejects with its complaint. */
export async function render(
  values: Values = {},
  scenario?: string,
  from: string = chart,
  ...flags: readonly string[]
): Promise<Manifest[]> {
  const files = scenario === undefined ? [] : valuesOf(scenario);
  const sets = Object.entries(values).flatMap(([path, value]) => [
    '--set-json',
    `${path}=${JSON.stringify(value)}`,
  ]);
  const out = await helm('template', release, from, ...flags, ...files, ...sets);
  return parseAllDocuments(out).flatMap((document) => (document.toJS() as Manifest | null) ?? []);
}

/**
 * What is told after an installation, or after an upgrade of what `was` there: `helm template` does not say it, and
 * `helm install` asks a cluster. So a copy of the chart makes an object of it, and has what was there in files.
 */
export async function notes(
  values: Values = {},
  scenario?: string,
  was: readonly Manifest[] = [],
): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'chart-'));
  await cp(chart, copy, { recursive: true });
  const inCopy = (path: string): string => join(copy, path);
  const text = await readFile(inCopy('templates/NOTES.txt'), 'utf8');
  await writeFile(inCopy('templates/_told.tpl'), `{{ define "told" }}${text}{{ end }}`);
  const object = 'kind: Told\nmetadata: { name: told }\ntext: {{ include "told" . | toJson }}\n';
  await writeFile(inCopy('templates/told.yaml'), object);
  const rolled = await readFile(inCopy('templates/_rolled.tpl'), 'utf8');
  const read = '$root.Files.Get (printf "was/%s/%s" $kind (include "tandem.part" .))';
  await writeFile(inCopy('templates/_rolled.tpl'), rolled.replace(/lookup .* \| toJson/, read));
  for (const each of was) {
    await mkdir(inCopy(`was/${each.kind}`), { recursive: true });
    await writeFile(inCopy(`was/${each.kind}/${each.metadata.name}`), JSON.stringify(each));
  }
  const manifests = await render(values, scenario, copy);
  return manifests.find(({ kind }) => kind === 'Told')?.text as string;
}

/** What helm says against values; fails when it takes them. */
export async function refusal(values: Values, scenario?: string): Promise<string> {
  const taken = await render(values, scenario).catch((error: Error) => error);
  if (taken instanceof Error) return taken.message;
  throw new Error(`helm takes ${JSON.stringify(values)}`);
}

/** The one object of a kind and name; the name is without that of the release. */
export function find(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.filter(
    (each) => each.kind === kind && each.metadata.name === `${release}-tandem-${name}`,
  );
  if (found.length === 1) return found[0]!;
  throw new Error(`${found.length} of ${kind} ${name}`);
}

/** Runs `helm lint`, where every warning counts. */
export function lint(scenario: string): Promise<string> {
  return helm('lint', chart, '--strict', ...valuesOf(scenario));
}

/** Rejects with what helm complains of. */
async function helm(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(join(toolFolder, 'helm'), [...args, '--kube-version', version], {
    maxBuffer: 16 * 1_048_576,
  });
  return stdout;
}

// biome-ignore lint/suspicious/noExplicitAny: what is asserted of a pod says what is in it.
type Part = any;

/** The pods of all objects that make some, with what makes them. */
export function podsOf(manifests: readonly Manifest[]): { readonly of: Manifest; readonly spec: Part }[] {
  const made = manifests.filter(({ spec }) => spec?.template);
  const own = manifests.filter(({ kind }) => kind === 'Pod');
  return [
    ...made.map((of) => ({ of, spec: of.spec.template.spec })),
    ...own.map((of) => ({ of, spec: of.spec })),
  ];
}

/** The containers of all pods. */
export function containersOf(manifests: readonly Manifest[]): Part[] {
  return podsOf(manifests).flatMap(({ spec }) => [...(spec.initContainers ?? []), ...spec.containers]);
}
