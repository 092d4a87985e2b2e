import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Authority } from '../test/harness/authority.ts';
import { command } from '../test/harness/command.ts';
import { until } from '../test/harness/deadline.ts';
import { EtcdServer } from '../test/harness/etcd-server.ts';
import { Process } from '../test/harness/process.ts';

const startTime = 120_000;
const port = 6443;
const token = 'of-the-test';
const run = promisify(execFile);
/** No pod asks it where there is no node: an address for documentation (RFC 5737). */
const nowhere = '192.0.2.1';
/** Names and addresses by which pods know it. */
const known = ['kubernetes.default.svc', 'kubernetes.default.svc.cluster.local', '10.96.0.1', '127.0.0.1'];

export interface Programs {
  readonly apiserver: string;
  readonly controllers: string;
}

/** An API server with its controllers, and etcd behind it. */
export class Kubernetes {
  readonly folder: string;
  readonly #parts: { stop(): Promise<unknown> }[] = [];

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** `address` is one of this machine, where there is a node whose pods ask it. */
  static async start(programs: Programs, address?: string): Promise<Kubernetes> {
    const started = new Kubernetes(await mkdtemp(join(tmpdir(), 'tandem-kubernetes-')));
    await started.#start(programs, address);
    return started;
  }

  async #start({ apiserver, controllers }: Programs, address: string | undefined): Promise<void> {
    const [key, tokens, own] = ['key', 'tokens', 'certificates'].map((name) => join(this.folder, name));
    const authority = await Authority.create();
    const names = [...known, ...(address === undefined ? [] : [address])];
    const issued = await authority.issue(
      names.map((name) => (/^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`)),
    );
    await command(['openssl', 'genrsa', '-out', key!, '2048']);
    await writeFile(tokens!, `${token},admin,1,system:masters\n`);
    await writeFile(this.config, kubeconfig(authority.certificate));
    const etcd = await EtcdServer.start();
    this.run(apiserver, {
      'etcd-servers': etcd.url,
      'bind-address': address === undefined ? '127.0.0.1' : '0.0.0.0',
      'advertise-address': address ?? nowhere,
      'endpoint-reconciler-type': address === undefined ? 'none' : 'lease',
      'secure-port': `${port}`,
      'tls-cert-file': issued.certificate,
      'tls-private-key-file': issued.key,
      'cert-dir': own!,
      'service-account-issuer': 'https://kubernetes.default.svc',
      'service-account-key-file': key!,
      'service-account-signing-key-file': key!,
      'service-cluster-ip-range': '10.96.0.0/16',
      'token-auth-file': tokens!,
      'authorization-mode': 'RBAC',
      'kubelet-preferred-address-types': 'InternalIP',
    });
    await until(
      () => 'an API server that is ready',
      () => this.kubectl('get', '--raw', '/readyz').then(Boolean, () => false),
      startTime,
    );
    this.run(controllers, {
      kubeconfig: this.config,
      'service-account-private-key-file': key!,
      'root-ca-file': authority.certificate,
      'leader-elect': 'false',
      'bind-address': '127.0.0.1',
      'cert-dir': own!,
      controllers: '*,-nodeipam,-service-lb-controller,-node-route-controller',
    });
    this.#parts.push(etcd);
  }

  /** Runs one more program beside it until it stops. */
  run(file: string, flags: Readonly<Record<string, string>>): Process {
    const argv = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    const process = new Process(file, [file, ...argv]);
    this.#parts.unshift(process);
    return process;
  }

  get config(): string {
    return join(this.folder, 'config');
  }

  kubectl(...args: readonly string[]): Promise<string> {
    return this.client('kubectl', ...args);
  }

  /** What a program that talks to the server printed; rejects with its complaint. */
  async client(file: string, ...args: readonly string[]): Promise<string> {
    return (await run(file, ['--kubeconfig', this.config, ...args])).stdout;
  }

  async stop(): Promise<void> {
    for (const part of this.#parts) await part.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function kubeconfig(authority: string): string {
  return `apiVersion: v1
kind: Config
clusters: [{ name: test, cluster: { server: "https://127.0.0.1:${port}", certificate-authority: ${authority} } }]
users: [{ name: admin, user: { token: ${token} } }]
contexts: [{ name: test, context: { cluster: test, user: admin } }]
current-context: test
`;
}
