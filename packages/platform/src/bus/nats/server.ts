import { bareHost, Fault } from '@tandem/sip';
import { busUrlInvalid } from '../../faults.ts';
import { formatHostPort } from '../../settings/address.ts';

/** One server of a list, with what it wants to know of us. */
export interface Server {
  /** `host:port`: all of it that may be shown. */
  readonly address: string;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly credentials:
    | { readonly user: string; readonly pass: string }
    | { readonly token: string }
    | undefined;
}

const defaultPort = 4_222;

/** Reads `nats://a:4222,tls://user:password@b,nats://token@c`; throws `bus-url-invalid`, which shows no secret. */
export function parseServers(list: string): Server[] {
  return list.split(',').map((url, index) => parseServer(url.trim(), `server ${index + 1} of the list`));
}

function parseServer(url: string, where: string): Server {
  const scheme = /^(nats|tls):\/\//i.exec(url)?.[1];
  if (!scheme) throw new Fault(busUrlInvalid, `${where} does not begin with nats:// or tls://`);
  const parsed = URL.parse(url);
  // What is no URL is not shown: nobody knows which part of it is the password.
  if (!parsed?.hostname) throw new Fault(busUrlInvalid, `${where} is no URL`);
  if (!['', '/'].includes(parsed.pathname) || parsed.search || parsed.hash)
    throw new Fault(busUrlInvalid, `${where} (${parsed.host}) goes on after the port`);
  const port = parsed.port ? Number(parsed.port) : defaultPort;
  const host = bareHost(parsed.hostname);
  const address = formatHostPort({ host, port });
  return {
    address,
    host,
    port,
    tls: scheme.toLowerCase() === 'tls',
    credentials: credentials(parsed, where),
  };
}

function credentials({ username, password }: URL, where: string): Server['credentials'] {
  if (!username && !password) return undefined;
  try {
    const user = decodeURIComponent(username);
    return password ? { user, pass: decodeURIComponent(password) } : { token: user };
  } catch (error) {
    throw new Fault(busUrlInvalid, `${where}: % in user or password is not followed by two hex digits`, {
      cause: error,
    });
  }
}
