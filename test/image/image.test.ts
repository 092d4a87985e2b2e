import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, lstatSync, mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { Cluster } from '../harness/cluster.ts';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import type { Program } from '../harness/tandem-process.ts';
import { secretsIn } from '../hostile/secrets.ts';
import { Crowd } from '../survive/crowd.ts';
import { acme } from '../wire/acme.ts';

const describe = needs('namespace', 'nats-server', 'redis-server', 'etcd');
const builder = join(import.meta.dirname, '../../deploy/image/build.ts');
const deadline = 120_000;
const main = '/app/tandem.mjs';
const user = 65_532;
const roles = ['edge', 'router', 'media', 'trunk'] as const;

/** The folder of a build. */
function build(): string {
  const out = mkdtempSync(join(tmpdir(), 'image-'));
  execFileSync(process.execPath, [builder, '--out', out], { stdio: 'pipe' });
  return out;
}

/** Runs in the file system of the image as a container does: read-only but for /tmp and the data, and as nobody. */
function inside(root: string): Program['node'] {
  const mounts = [
    `mount --bind ${root} ${root}`,
    `mount -o remount,bind,ro ${root}`,
    ...['/tmp', '/var/lib/tandem'].map(
      (folder) => `mount -t tmpfs -o uid=${user},gid=${user} tmpfs ${root}${folder}`,
    ),
    `cd ${root}`,
    `exec chroot --userspec=${user}:${user} . "$@"`,
  ];
  return ['unshare', '--mount', 'sh', '-ec', mounts.join('\n'), 'sh', '/usr/bin/node'];
}

describe('the image', () => {
  let out: string;
  let root: string;

  beforeAll(() => {
    out = build();
    root = join(out, 'rootfs');
  }, deadline);

  afterAll(() => rm(out, { recursive: true }));

  it('is the same, octet by octet, when it is built again', { timeout: deadline }, async () => {
    const again = build();
    onTestFinished(() => rm(again, { recursive: true }));
    const [one, other] = [out, again].map((folder) =>
      createHash('sha256')
        .update(readFileSync(join(folder, 'rootfs.tar')))
        .digest('hex'),
    );
    expect(other).toBe(one);
  });

  // W-42, W-52
  it('has no key, no token and no login in it', () => {
    const files = globSync('**/*', { cwd: root }).filter((file) => lstatSync(join(root, file)).isFile());
    expect(files).toContain(main.slice(1));
    const found = files.map((file) => [file, ...secretsIn(readFileSync(join(root, file), 'latin1'))]);
    expect(found.filter(({ length }) => length > 1)).toEqual([]);
    expect(files).not.toContain('etc/shadow');
    expect(readFileSync(join(root, 'etc/passwd'), 'utf8')).not.toMatch(/^[^:]*:[^:x*!]/m);
  });

  it('runs every role as nobody, with nothing to write to, and a call with audio passes', {
    timeout: deadline,
  }, async () => {
    const data = ['--data', '/var/lib/tandem'];
    const cluster = await Cluster.start('the image', {
      tenant: acme,
      counts: { edge: 1, router: 1, media: 1, trunk: 1 },
      flags: Object.fromEntries(roles.map((role) => [role, data])),
      program: { node: inside(root), main },
    });
    onTestFinished(() => cluster.close());
    const crowd = await Crowd.gather(cluster, { quiet: 1, speaking: 2 });
    expect(crowd.up).toBe(3);
    for (const node of cluster.nodes) {
      const status = readFileSync(`/proc/${node.pid}/status`, 'utf8');
      expect(/^Uid:\s+(.*)$/m.exec(status)?.[1]?.split(/\s+/)).toEqual(Array(4).fill(`${user}`));
      expect(await node.capabilities()).toMatch(/^0+$/);
      const mounts = readFileSync(`/proc/${node.pid}/mountinfo`, 'utf8');
      expect(mounts).toMatch(/^\S+ \S+ \S+ \S+ \/ ro\b/m);
    }
    await crowd.conclude();
  });
});
