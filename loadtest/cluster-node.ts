import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from '../test/harness/command.ts';
import { until } from '../test/harness/deadline.ts';
import { Process } from '../test/harness/process.ts';
import type { Kubernetes } from './kubernetes.ts';

/** The node, as pods and the API server know it. */
export const address = '10.99.0.1';
const podNetwork = '10.244.0.0/24';
const domain = 'cluster.local';
const startTime = 120_000;
/** Whom the chart's containers run as: volumes of this kind are not made theirs by the kubelet. */
const user = '65532';
const volumes = 9;

/** Gives this network namespace the address of the node, and a way to everywhere that ends there. */
export async function plugIn(): Promise<void> {
  await command(['ip', 'link', 'add', 'node', 'type', 'veth', 'peer', 'name', 'nowhere']);
  await command(['ip', 'address', 'add', `${address}/24`, 'dev', 'node']);
  for (const link of ['node', 'nowhere']) await command(['ip', 'link', 'set', link, 'up']);
  await command(['ip', 'route', 'add', 'default', 'dev', 'node']);
}

/**
 * A node of a cluster on this machine: containerd and a kubelet, what sends traffic to Services, DNS, a scheduler and a class
 * of volumes. Its network gives pods addresses, and keeps no NetworkPolicy.
 */
export class ClusterNode {
  readonly #cluster: Kubernetes;
  readonly #folder: string;
  #containerd: Process | undefined;

  private constructor(cluster: Kubernetes) {
    this.#cluster = cluster;
    this.#folder = join(cluster.folder, 'node');
  }

  /** `programs` is a folder of those of Kubernetes and of `coredns`, `images` one of archives that the node is to have. */
  static async start(cluster: Kubernetes, programs: string, images: string): Promise<ClusterNode> {
    const node = new ClusterNode(cluster);
    await node.#start(programs, images);
    return node;
  }

  async #start(programs: string, images: string): Promise<void> {
    for (const each of ['network', 'manifests', 'kubelet']) await mkdir(this.#in(each), { recursive: true });
    await command(['mount', '--make-rshared', '/']);
    await this.#startContainers(images);
    const kubeconfig = this.#cluster.config;
    this.#cluster.run(join(programs, 'kube-scheduler'), {
      kubeconfig,
      'leader-elect': 'false',
      'bind-address': '127.0.0.1',
      'cert-dir': this.#in('certificates'),
    });
    this.#cluster.run(join(programs, 'kube-proxy'), {
      kubeconfig,
      'hostname-override': 'node-1',
      'cluster-cidr': podNetwork,
      'conntrack-max-per-core': '0',
    });
    await writeFile(this.#in('Corefile'), corefile(kubeconfig));
    this.#cluster.run(join(programs, 'coredns'), { conf: this.#in('Corefile') });
    await writeFile(this.#in('resolv.conf'), `nameserver ${address}\n`);
    await writeFile(this.#in('kubelet.yaml'), kubelet(this.#socket, this.#folder));
    this.#cluster.run(join(programs, 'kubelet'), {
      kubeconfig,
      config: this.#in('kubelet.yaml'),
      'root-dir': this.#in('kubelet'),
      'node-ip': address,
      'hostname-override': 'node-1',
    });
    await this.#makeVolumes();
    await until(
      () => 'a node that is ready',
      () => this.#isReady(),
      startTime,
    );
  }

  async #startContainers(images: string): Promise<void> {
    await writeFile(this.#in('network/10-ptp.conflist'), network(this.#in('leases')));
    await writeFile(this.#in('containerd.toml'), containerd(this.#folder, this.#socket));
    this.#containerd = new Process('containerd', ['containerd', '--config', this.#in('containerd.toml')]);
    const ctr = (...args: readonly string[]): Promise<string> =>
      command(['ctr', '--address', this.#socket, '--namespace', 'k8s.io', ...args]);
    await until(
      () => 'containerd',
      () => ctr('version').then(Boolean, () => false),
      startTime,
    );
    for (const archive of await readdir(images)) await ctr('images', 'import', join(images, archive));
  }

  async #makeVolumes(): Promise<void> {
    const objects = await Promise.all(
      Array.from({ length: volumes }, async (_, index) => {
        const path = this.#in(`volume-${index}`);
        await command(['install', '--directory', '--owner', user, '--group', user, path]);
        return volume(`volume-${index}`, path);
      }),
    );
    await writeFile(
      this.#in('storage.json'),
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [storageClass, ...objects] }),
    );
    await this.#cluster.kubectl('apply', '-f', this.#in('storage.json'));
  }

  async #isReady(): Promise<boolean> {
    const ready = '{.items[*].status.conditions[?(@.type=="Ready")].status}';
    return (await this.#cluster.kubectl('get', 'nodes', '-o', `jsonpath=${ready}`)) === 'True';
  }

  get #socket(): string {
    return this.#in('containerd.sock');
  }

  #in(name: string): string {
    return join(this.#folder, name);
  }

  /** Stops containerd last: who stops pods needs it. */
  async stop(): Promise<void> {
    await this.#containerd?.stop();
  }
}

const storageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'local', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: 'kubernetes.io/no-provisioner',
  volumeBindingMode: 'WaitForFirstConsumer',
};

function volume(name: string, path: string): object {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage: '10Gi' },
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'local',
      hostPath: { path },
    },
  };
}

function corefile(kubeconfig: string): string {
  return `.:53 {
  errors
  kubernetes ${domain} in-addr.arpa {
    kubeconfig ${kubeconfig} test
  }
}
`;
}

function network(leases: string): string {
  const ipam = {
    type: 'host-local',
    ranges: [[{ subnet: podNetwork }]],
    dataDir: leases,
    routes: [{ dst: '0.0.0.0/0' }],
  };
  return JSON.stringify({ cniVersion: '0.4.0', name: 'pods', plugins: [{ type: 'ptp', ipam }] });
}

function containerd(folder: string, socket: string): string {
  return `version = 2
root = "${folder}/containers"
state = "${folder}/state"
[grpc]
  address = "${socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "registry.k8s.io/pause:3.10"
  disable_apparmor = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${folder}/network"
`;
}

function kubelet(socket: string, folder: string): string {
  return JSON.stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    failCgroupV1: false,
    cgroupDriver: 'cgroupfs',
    containerRuntimeEndpoint: `unix://${socket}`,
    clusterDNS: [address],
    clusterDomain: domain,
    resolvConf: `${folder}/resolv.conf`,
    // The API server asks it for logs: nobody else is in this network.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    failSwapOn: false,
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    imageGCHighThresholdPercent: 100,
  });
}
