/** What a line `register => …` of sip.conf says. */
export interface RegisterLine {
  readonly transport?: string;
  readonly user: string;
  readonly secret?: string;
  readonly authUser?: string;
  /** The host that is registered with, or the name of a peer. */
  readonly host: string;
  readonly port?: number;
  /** The domain of the user, where it is not the host. */
  readonly domain?: string;
  /** The extension that calls come for. */
  readonly extension?: string;
  /** In seconds. */
  readonly expiry?: number;
  /** The peer that the line belongs to. */
  readonly peer?: string;
}

/**
 * Reads `[peer?][transport://]user[@domain][:secret[:authuser]]@host[:port][/extension][~expiry]`. A secret may hold
 * any character: the last `@` is the one before the host. Undefined when it is no such line.
 */
export function parseRegisterLine(text: string): RegisterLine | undefined {
  const [, peer, transport, rest = ''] =
    /^(?:([\w.-]+)\?)?(?:(udp|tcp|tls|ws|wss):\/\/)?(.*)$/i.exec(text) ?? [];
  const at = rest.lastIndexOf('@');
  if (at <= 0) return undefined;
  const server = /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])(?::(\d{1,5}))?(?:\/([^~]*))?(?:~(\d{1,9}))?$/.exec(
    rest.slice(at + 1),
  );
  const account = accountOf(rest.slice(0, at));
  if (!server || !account) return undefined;
  const [, host = '', port, extension, expiry] = server;
  return {
    ...account,
    host,
    ...(peer !== undefined && { peer }),
    ...(transport !== undefined && { transport: transport.toLowerCase() }),
    ...(port !== undefined && { port: Number(port) }),
    ...(extension && { extension }),
    ...(expiry !== undefined && { expiry: Number(expiry) }),
  };
}

type Account = Pick<RegisterLine, 'user' | 'domain' | 'secret' | 'authUser'>;

/** `user[@domain[:port]][:secret[:authuser]]`; with a port, secret and authuser are there, be they empty. */
function accountOf(text: string): Account | undefined {
  const [first = '', ...others] = text.split(':');
  const [user = '', domain] = first.split('@');
  const afterPort =
    domain !== undefined && others.length === 3 && /^\d{1,5}$/.test(others[0]!) ? others.slice(1) : others;
  const [secret, ...authUser] = afterPort;
  if (user === '') return undefined;
  return {
    user,
    ...(domain && { domain }),
    ...(secret && { secret }),
    ...(authUser.length > 0 && authUser.join(':') !== '' && { authUser: authUser.join(':') }),
  };
}
