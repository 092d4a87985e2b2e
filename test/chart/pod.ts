import { chown, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../harness/host.ts';
import type { Process } from '../harness/process.ts';
import { find, type Manifest } from './chart.ts';
import { environment, type Variable } from './environment.ts';

/** A container of a manifest. */
export interface Container {
  readonly name: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly Variable[];
  readonly [probe: `${string}Probe`]: { readonly httpGet?: { readonly path: string; readonly port: string } };
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
}

interface Security {
  readonly runAsUser: number;
  readonly runAsGroup: number;
  readonly fsGroup: number;
}

interface PodSpec {
  readonly containers: readonly Container[];
  readonly securityContext: Security;
  readonly volumes: readonly { readonly configMap?: { readonly defaultMode?: number } }[];
}

/** Where a pod is, what it is called, and the names that lead to others, as in /etc/hosts. */
export interface Place {
  readonly host: Host;
  readonly pod: string;
  readonly names: string;
}

const probes = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;
/** Its volume is mounted here: no folder of this machine is made. */
const volume = '/mnt';

/** A pod of a server of the chart, on a host: its containers run as Kubernetes would run them, with programs of this machine. */
export class ServerPod {
  readonly #place: Place;
  readonly #folder: string;
  readonly #containers: readonly Container[];
  readonly #security: Security;
  readonly #running = new Map<string, Process>();

  private constructor(place: Place, folder: string, spec: PodSpec) {
    this.#place = place;
    this.#folder = folder;
    this.#containers = spec.containers;
    this.#security = spec.securityContext;
  }

  /** The pod of a server such as `redis`; nothing runs in it yet. */
  static async make(manifests: readonly Manifest[], server: string, place: Place): Promise<ServerPod> {
    const folder = await mkdtemp(join(tmpdir(), `${place.pod}-`));
    for (const each of ['etc', 'volume', 'tmp']) await mkdir(join(folder, each));
    const files = manifests.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === `sw-tandem-${server}`,
    );
    await mkdir(join(folder, 'etc', server));
    const spec = find(manifests, 'StatefulSet', server).spec.template.spec as PodSpec;
    const mode = spec.volumes.find(({ configMap }) => configMap)?.configMap?.defaultMode ?? 0o644;
    for (const [name, text] of Object.entries((files?.data ?? {}) as Record<string, string>))
      await writeFile(join(folder, 'etc', server, name), text.replaceAll('/data', volume), { mode });
    await writeFile(join(folder, 'etc/hosts'), place.names);
    const { runAsUser, fsGroup } = spec.securityContext;
    for (const each of ['volume', 'tmp']) await chown(join(folder, each), runAsUser, fsGroup);
    return new ServerPod(place, folder, spec);
  }

  get host(): Host {
    return this.#place.host;
  }

  /** Starts all of its containers that do not run. */
  start(): void {
    for (const container of this.#containers) if (!this.#running.has(container.name)) this.#start(container);
  }

  /** Ends all of its containers as when its node dies; its volume stays. */
  async kill(): Promise<void> {
    const processes = [...this.#running.values()];
    this.#running.clear();
    await Promise.all(processes.map((process) => process.stop('SIGKILL')));
  }

  /** The probes by HTTP that fail. */
  async failing(): Promise<string[]> {
    const asked = this.#containers.flatMap(({ ports, ...container }) =>
      probes.flatMap((name) => {
        const { httpGet } = container[name] ?? {};
        const port = ports.find((each) => each.name === httpGet?.port)?.containerPort;
        return httpGet ? [`http://${this.host.address}:${port}${httpGet.path}`] : [];
      }),
    );
    const answers = await Promise.all(
      asked.map((url) =>
        fetch(url).then(
          async (answer) => (answer.ok ? '' : `${url}: ${await answer.text()}`),
          (error: Error) => `${url}: ${error.message}`,
        ),
      ),
    );
    return answers.filter(Boolean);
  }

  /** Runs a command as an `exec` probe or a hook of a container does. */
  async exec(name: string, argv: readonly string[]): Promise<string> {
    const container = this.#containers.find((each) => each.name === name)!;
    const set = Object.entries(this.#environment(container)).map(
      ([variable, value]) => `${variable}=${value}`,
    );
    return this.host.run(['env', ...set, ...argv]);
  }

  #start(container: Container): void {
    const [file = '', ...args] = [...(container.command ?? []), ...(container.args ?? [])];
    const process = this.host.spawn(
      ['unshare', '--mount', 'sh', '-ec', this.#mounts(), 'sh', file, ...args],
      {
        env: this.#environment(container),
      },
    );
    this.#running.set(container.name, process);
  }

  #environment({ env = [] }: Container): Record<string, string> {
    const { host, pod } = this.#place;
    const known = environment(env, { address: host.address, pod });
    return Object.fromEntries(
      Object.entries(known).map(([name, value]) => [name, value.replaceAll('/data', volume)]),
    );
  }

  /** Its files over those of this machine, its volume, and a /tmp of its own; and it is nobody. */
  #mounts(): string {
    const { runAsUser, runAsGroup } = this.#security;
    return [
      `mount --bind ${this.#folder}/volume ${volume}`,
      ...overlayOf(`${this.#folder}/etc`),
      `mount --bind ${this.#folder}/tmp /tmp`,
      `exec setpriv --reuid ${runAsUser} --regid ${runAsGroup} --clear-groups --no-new-privs "$@"`,
    ].join('\n');
  }
}

/** Commands that lay the files of a folder over /etc, for whoever has a mount namespace of its own. */
export function overlayOf(folder: string): string[] {
  return [
    'own=$(mktemp -d)',
    'mount -t tmpfs tmpfs $own',
    'mkdir $own/etc $own/work',
    'mount -t overlay -o lowerdir=/etc,upperdir=$own/etc,workdir=$own/work overlay /etc',
    // This machine's own files and folders of these names are not open to everybody.
    `cp -rL --remove-destination ${folder}/. /etc`,
    `(cd ${folder} && find . -type d -exec chmod 755 /etc/{} \\;)`,
  ];
}
