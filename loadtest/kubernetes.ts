import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { command } from '../test/harness/command.ts';
import { until } from '../test/harness/deadline.ts';
import { EtcdServer } from '../test/harness/etcd-server.ts';
import { Process } from '../test/harness/process.ts';

const startTime = 120_000;
const port = 6443;
const token = 'of-the-test';
const run = promisify(execFile);

/** An API server with its controllers, and etcd behind it. */
export class Kubernetes {
  readonly #folder: string;
  readonly #parts: { stop(): Promise<unknown> }[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async start(apiserver: string, controllers: string): Promise<Kubernetes> {
    const started = new Kubernetes(await mkdtemp(join(tmpdir(), 'tandem-kubernetes-')));
    await started.#start(apiserver, controllers);
    return started;
  }

  async #start(apiserver: string, controllers: string): Promise<void> {
    const inFolder = (name: string): string => join(this.#folder, name);
    await command(['openssl', 'genrsa', '-out', inFolder('key'), '2048']);
    await writeFile(inFolder('tokens'), `${token},admin,1,system:masters\n`);
    await writeFile(this.config, kubeconfig);
    const etcd = await EtcdServer.start();
    this.#run(apiserver, {
      'etcd-servers': etcd.url,
      'bind-address': '127.0.0.1',
      'advertise-address': '192.0.2.1',
      'endpoint-reconciler-type': 'none',
      'secure-port': `${port}`,
      'cert-dir': inFolder('certificates'),
      'service-account-issuer': 'https://kubernetes.default.svc',
      'service-account-key-file': inFolder('key'),
      'service-account-signing-key-file': inFolder('key'),
      'service-cluster-ip-range': '10.96.0.0/16',
      'token-auth-file': inFolder('tokens'),
      'authorization-mode': 'RBAC',
    });
    await until(
      () => 'an API server that is ready',
      () => this.kubectl('get', '--raw', '/readyz').then(Boolean, () => false),
      startTime,
    );
    this.#run(controllers, {
      kubeconfig: this.config,
      'service-account-private-key-file': inFolder('key'),
      'leader-elect': 'false',
      'bind-address': '127.0.0.1',
      'cert-dir': inFolder('certificates'),
      controllers: '*,-nodelifecycle,-nodeipam,-service-lb-controller,-node-route-controller',
    });
    this.#parts.push(etcd);
  }

  #run(file: string, flags: Readonly<Record<string, string>>): void {
    const argv = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    this.#parts.push(new Process(file, [file, ...argv]));
  }

  get config(): string {
    return join(this.#folder, 'config');
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
    await rm(this.#folder, { recursive: true, force: true });
  }
}

const kubeconfig = `apiVersion: v1
kind: Config
clusters: [{ name: test, cluster: { server: "https://127.0.0.1:${port}", insecure-skip-tls-verify: true } }]
users: [{ name: admin, user: { token: ${token} } }]
contexts: [{ name: test, context: { cluster: test, user: admin } }]
current-context: test
`;
