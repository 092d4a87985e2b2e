import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { Fault } from '@tandem/sip';
import { tlsFilesUnusable } from '../../faults.ts';

/** Files with PEM. */
export interface CredentialFiles {
  /** Each a certificate and those that lead from it to an authority. */
  readonly certificates: readonly string[];
  /** The key of each certificate, in the same order. */
  readonly keys: readonly string[];
  /** The authorities that peers are checked by; undefined: those that Node knows, and peers are not asked. */
  readonly authorities: string | undefined;
}

/** One certificate with its key, and what a handshake needs of them. */
export interface Credential {
  readonly certificate: X509Certificate;
  readonly options: SecureContextOptions;
  readonly context: SecureContext;
}

/** Everything that handshakes need, read at one moment. */
export interface Credentials {
  /** The first is for those who do not say whom they want. */
  readonly all: readonly [Credential, ...Credential[]];
  readonly asksPeers: boolean;
}

/** Reads and checks all files. Rejects with a Fault that names the one that is no good. */
export async function readCredentials(files: CredentialFiles): Promise<Credentials> {
  const { authorities } = files;
  const ca = authorities === undefined ? undefined : await readAuthorities(authorities);
  const all: Credential[] = [];
  for (const [index, file] of files.certificates.entries()) {
    all.push(await readCredential(file, files.keys[index] ?? '', ca));
  }
  const [first, ...others] = all;
  if (!first) throw new Fault(tlsFilesUnusable, 'no certificate is named');
  return { all: [first, ...others], asksPeers: ca !== undefined };
}

/** Changes when any of the files does, also when a link on the way to it is turned. */
export async function fingerprint({ authorities, certificates, keys }: CredentialFiles): Promise<string> {
  const files = [...certificates, ...keys, ...(authorities === undefined ? [] : [authorities])];
  const marks = files.map(async (file) => {
    const found = await stat(file, { bigint: true }).catch(() => undefined);
    return found ? `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}` : 'missing';
  });
  return (await Promise.all(marks)).join(' ');
}

async function readCredential(file: string, keyFile: string, ca: string | undefined): Promise<Credential> {
  const [cert, key] = [await read(file), await read(keyFile)];
  const certificate = understood(file, 'no certificate', () => new X509Certificate(cert));
  const privateKey: KeyObject = understood(keyFile, 'no private key', () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey))
    throw new Fault(tlsFilesUnusable, `${keyFile}: not the key of the certificate in ${file}`);
  const options = { cert, key, minVersion: 'TLSv1.2', ...(ca !== undefined && { ca }) } as const;
  return { certificate, options, context: understood(file, 'unusable', () => createSecureContext(options)) };
}

async function readAuthorities(file: string): Promise<string> {
  const text = await read(file);
  understood(file, 'no certificate', () => new X509Certificate(text));
  understood(file, 'unusable', () => createSecureContext({ ca: text }));
  return text;
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'latin1');
  } catch (error) {
    throw new Fault(tlsFilesUnusable, `${file}: ${messageOf(error)}`, { cause: error });
  }
}

function understood<T>(file: string, problem: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new Fault(tlsFilesUnusable, `${file}: ${problem}: ${messageOf(error)}`, { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
