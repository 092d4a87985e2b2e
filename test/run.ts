import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Isolation, isolation } from './isolation.ts';
import { counts } from './report.ts';
import { install, missing, servers } from './servers.ts';
import { buildTools, lackOf, tools, toolsBuilt } from './tools.ts';

const root = join(import.meta.dirname, '..');

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function installServers(): void {
  const wanted = missing();
  if (wanted.length === 0 || process.getuid?.() !== 0) return;
  say(`Installing what the tests need: ${wanted.join(', ')}`);
  const complaint = install(wanted);
  if (complaint) say(complaint);
}

/** Returns whether Vitest was content. */
function vitest({ prefix }: Isolation, folder: string, args: readonly string[]): boolean {
  const report = [
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${join(folder, 'report.json')}`,
  ];
  const [file = '', ...rest] = [...prefix, join(root, 'node_modules/.bin/vitest'), 'run', ...report, ...args];
  const namespace = prefix.length ? { TANDEM_TEST_NAMESPACE: 'private' } : {};
  const { status } = spawnSync(file, rest, {
    cwd: root,
    stdio: 'inherit',
    // What the tests write to temporary folders goes away with this one.
    env: { ...process.env, TMPDIR: folder, ...namespace },
  });
  return status === 0;
}

process.env.PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
buildTools();
installServers();
const absent = missing();
const isolated = isolation();
const folder = mkdtempSync(join(tmpdir(), 'tandem-test-'));
const content = vitest(isolated, folder, process.argv.slice(2));
const { passed, failed, leftOut } = counts(join(folder, 'report.json'), root);
rmSync(folder, { recursive: true, force: true });
if (process.env.CI) await toolsBuilt();
const unbuilt = tools.map(lackOf).filter(Boolean);

for (const server of absent) say(`Missing: ${server} (apt-get install ${servers[server]})`);
for (const lack of unbuilt) say(`Missing: ${lack}`);
if (isolated.lack) say(`Missing: a private network namespace (${isolated.lack})`);
for (const line of leftOut) say(`Left out: ${line}`);
const unmet = process.env.CI ? absent.length + unbuilt.length : 0;
const failures = Math.max(failed + unmet, content ? 0 : 1);
say(`${passed} passed, ${failures} failed`);
process.exitCode = failures ? 1 : 0;
