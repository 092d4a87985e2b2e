import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where Kubernetes puts what a pod may prove itself by. */
const folder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** What the API is asked with. */
export interface Credentials {
  readonly token: string;
  /** The authorities that vouch for the API, as PEM. */
  readonly ca: string;
}

/** The account that the process has in its cluster. Kubernetes writes a new token every hour or so, into the same file. */
export class ServiceAccount {
  readonly namespace: string;
  readonly #folder: string;

  private constructor(path: string, namespace: string) {
    this.#folder = path;
    this.namespace = namespace;
  }

  /** Undefined where a pod was given none (`automountServiceAccountToken: false`). */
  static find(path: string = folder): ServiceAccount | undefined {
    try {
      return new ServiceAccount(path, readFileSync(join(path, 'namespace'), 'utf8').trim());
    } catch {
      return undefined;
    }
  }

  /** As they are now. */
  async credentials(): Promise<Credentials> {
    const [token, ca] = await Promise.all(['token', 'ca.crt'].map((file) => this.#read(file)));
    return { token: token!.trim(), ca: ca! };
  }

  #read(file: string): Promise<string> {
    return readFile(join(this.#folder, file), 'utf8');
  }
}
