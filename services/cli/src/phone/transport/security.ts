import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity } from 'node:tls';

/** How a proxy is checked. */
export interface Security {
  /** The host name that its certificate has to be for. */
  readonly name: string;
  /** Authorities as PEM; those that Node knows when unset. */
  readonly authorities?: string | undefined;
  /** Any certificate will do. */
  readonly insecure?: boolean | undefined;
}

/** An address has no name to ask for, but a certificate may be for it. */
export function certificateChecks({ name, authorities, insecure = false }: Security): ConnectionOptions {
  return {
    ...(isIP(name) === 0 && { servername: name }),
    checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
    ...(authorities !== undefined && { ca: authorities }),
    rejectUnauthorized: !insecure,
  };
}
