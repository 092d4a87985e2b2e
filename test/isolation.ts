import { spawnSync } from 'node:child_process';

// Own processes too: whatever a crash leaves behind ends with them. The mount namespace is for their /proc.
const NAMESPACES = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
const SETUP = 'ip link set lo up && echo 1 > /proc/sys/net/ipv4/ip_forward';
const PROBE = 'ip link add type bridge && ip link add type veth';

export interface Isolation {
  /** What to put before a command line so that it runs in a network of its own; nothing when that is impossible. */
  readonly prefix: readonly string[];
  /** Why it is impossible here. */
  readonly lack: string;
}

export function isolation(): Isolation {
  const own = enter(NAMESPACES);
  if (!own.lack) return own;
  const mapped = enter(['--map-root-user', ...NAMESPACES]);
  return mapped.lack ? { prefix: [], lack: `${own.lack}; as a root of its own: ${mapped.lack}` } : mapped;
}

function enter(namespaces: readonly string[]): Isolation {
  const shell = ['--pdeathsig', 'KILL', 'unshare', ...namespaces, 'sh', '-c'];
  const { status, stderr, error } = spawnSync('setpriv', [...shell, `${SETUP} && ${PROBE}`], {
    encoding: 'utf8',
  });
  if (status !== 0) return { prefix: [], lack: error?.message ?? stderr.trim() };
  // The shell stays, as process 1: it reaps what is orphaned.
  return { prefix: ['setpriv', ...shell, `${SETUP} && "$@"; exit $?`, 'sh'], lack: '' };
}
