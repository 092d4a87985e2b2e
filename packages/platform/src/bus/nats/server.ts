import { Fault } from '@tandem/sip';
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
  // Another scheme's rules would be applied by `URL` to nats: an authority that it does not look into.
  const parsed = URL.parse(url.replace(/^[a-z]+/i, 'ws'));
  if (!parsed) throw new Fault(busUrlInvalid, `${where} is no URL`);
  if (parsed.pathname !== '/' || parsed.search || parsed.hash)
    throw new Fault(busUrlInvalid, `${where} (${parsed.host}) goes on after the port`);
  // `URL` leaves out the port that its scheme usually has.
  const port = parsed.port ? Number(parsed.port) : /:80\/?$/.test(url) ? 80 : defaultPort;
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1');
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
