import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** A certificate with its key, as PEM files. */
export interface IssuedFiles {
  readonly certificate: string;
  readonly key: string;
}

/** An authority of a test: issues certificates by `openssl`. */
export class Authority {
  readonly folder: string;
  #issued = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<Authority> {
    const authority = new Authority(await mkdtemp(join(tmpdir(), 'authority-')));
    const files = ['-keyout', authority.#key, '-out', authority.certificate];
    await openssl('req', '-x509', ...newKey, ...files, '-subj', '/CN=Test authority', '-days', '30');
    return authority;
  }

  /** Its own certificate, as a PEM file. */
  get certificate(): string {
    return join(this.folder, 'authority.pem');
  }

  /** A certificate for names such as `DNS:sip.example` or `IP:127.0.0.1`; one that has ended for `days` below 0. */
  async issue(names: readonly string[], days: number = 30): Promise<IssuedFiles> {
    const path = join(this.folder, `${++this.#issued}`);
    const [request, certificate, key] = [`${path}.csr`, `${path}.pem`, `${path}.key`];
    const subject = ['-subj', `/CN=Issued ${this.#issued}`, '-addext', `subjectAltName=${names.join(',')}`];
    await openssl('req', '-new', ...newKey, '-keyout', key, '-out', request, ...subject);
    const by = ['-CA', this.certificate, '-CAkey', this.#key, '-CAcreateserial'];
    const issue = ['-in', request, '-out', certificate, '-days', `${days}`, '-copy_extensions', 'copy'];
    await openssl('x509', '-req', ...by, ...issue);
    return { certificate, key };
  }

  /** The same in one file, as some phones want it. */
  async issueTogether(names: readonly string[]): Promise<string> {
    const { certificate, key } = await this.issue(names);
    const both = `${certificate}.both`;
    await writeFile(both, `${await readFile(certificate, 'latin1')}${await readFile(key, 'latin1')}`);
    return both;
  }

  /** A file of nonsense in its folder. */
  async nonsense(): Promise<string> {
    const path = join(this.folder, 'nonsense.pem');
    await writeFile(path, 'nothing that anybody could read\n');
    return path;
  }

  get #key(): string {
    return join(this.folder, 'authority.key');
  }
}

async function openssl(...args: readonly string[]): Promise<void> {
  await run('openssl', args);
}
