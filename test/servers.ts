import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The programs that tests run, and the Debian package that brings each. */
export const servers = {
  'nats-server': 'nats-server',
  'redis-server': 'redis-server',
  'redis-sentinel': 'redis-sentinel',
  etcd: 'etcd-server',
  sipp: 'sip-tester',
  knotd: 'knot',
  baresip: 'baresip-core',
  sipsak: 'sipsak',
  linphonec: 'linphone-cli',
  chromium: 'chromium',
  ip: 'iproute2',
  iptables: 'iptables',
  svmap: 'sipvicious',
  openssl: 'openssl',
  prometheus: 'prometheus',
} as const;

export type Server = keyof typeof servers;

export function installed(server: Server): boolean {
  return fileOf(server) !== undefined;
}

/** Where a program is; undefined when it is not installed. */
export function fileOf(server: Server): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, server)).find(executable);
}

export function missing(): Server[] {
  return (Object.keys(servers) as Server[]).filter((server) => !installed(server));
}

/** Installs what is missing, as root, and returns apt's complaint if there is one. */
export function install(wanted: readonly Server[]): string {
  const packages = wanted.map((server) => servers[server]);
  if (!apt('install', '-y', '--no-install-recommends', ...packages)) return '';
  return apt('update') || apt('install', '-y', '--no-install-recommends', ...packages);
}

function apt(...args: readonly string[]): string {
  const { status, stderr, error } = spawnSync('apt-get', ['-qq', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    encoding: 'utf8',
  });
  return status === 0 ? '' : (error?.message ?? stderr);
}

function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
