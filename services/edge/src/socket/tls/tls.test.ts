import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, rename, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { createLog, type Log } from '@tandem/platform';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { Authority, type IssuedFiles } from '../../../../../test/harness/authority.ts';
import { needs } from '../../../../../test/harness/needs.ts';
import { dial, type Inbox, listener, message, open } from '../fixture.ts';
import type { Flow } from '../flow.ts';
import { Certificates } from './certificates.ts';

const describe = needs('openssl');
let authority: Authority;
let sip: IssuedFiles;

beforeAll(async () => {
  authority = await Authority.create();
  sip = await authority.issue(['DNS:sip.example', 'IP:127.0.0.1']);
});

/** A log that a test can wait for. */
class Lines {
  readonly log: Log;
  readonly all: Record<string, unknown>[] = [];
  #wake: () => void = () => {};

  constructor() {
    this.log = createLog({
      level: 'debug',
      node: 'edge-1',
      destination: { write: (line) => this.#add(line) },
    });
  }

  async with(text: string): Promise<Record<string, unknown>> {
    for (;;) {
      const found = this.all.find(({ msg }) => String(msg).includes(text));
      if (found) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #add(line: string): void {
    this.all.push(JSON.parse(line) as Record<string, unknown>);
    this.#wake();
  }
}

interface Asked {
  readonly issued?: readonly IssuedFiles[];
  readonly authorities?: string | undefined;
}

/** Certificates from files that stay where they are. */
async function certificates({ issued = [sip], authorities }: Asked = {}): Promise<[Certificates, Lines]> {
  const lines = new Lines();
  const files = {
    certificates: issued.map(({ certificate }) => certificate),
    keys: issued.map(({ key }) => key),
    authorities,
  };
  const opened = await Certificates.open(files, lines.log);
  onTestFinished(() => opened.close());
  return [opened, lines];
}

/** An edge's sockets with one TLS listener. */
async function listening(asked?: Asked): Promise<Awaited<ReturnType<typeof open>> & { lines: Lines }> {
  const [opened, lines] = await certificates(asked);
  return { ...(await open([listener('tls')], undefined, opened)), lines };
}

async function shake(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const trusting = { ca: [await readFile(authority.certificate)], servername: 'sip.example' };
  const socket = connect({ port, host: '127.0.0.1', ...trusting, ...options });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

/** The next message; a connection may have ended before. */
async function firstHeard(inbox: Inbox): Promise<string> {
  for (;;) {
    const { text } = await inbox.next();
    if (!text.startsWith('failed: ')) return text;
  }
}

async function keysOf({ certificate, key }: IssuedFiles): Promise<ConnectionOptions> {
  return { cert: await readFile(certificate), key: await readFile(key) };
}

describe('TLS', () => {
  it.for(['TLSv1.2', 'TLSv1.3'] as const)(
    'carries messages over %s, whole and in pieces',
    async (version) => {
      const { inbox, ports } = await listening();
      const socket = await shake(ports[0]!, { minVersion: version, maxVersion: version });
      socket.write(message.slice(0, 30));
      socket.write(message.slice(30) + message);
      const { flow, text } = await inbox.next();
      expect([text, (await inbox.next()).text]).toEqual([message, message]);
      expect(flow).toMatchObject({ transport: 'tls', reliable: true, host: '127.0.0.1', proven: [] });
      flow.send('answer');
      const [octets] = await once(socket, 'data');
      expect(String(octets)).toBe('answer');
      expect(socket.getProtocol()).toBe(version);
    },
  );

  it('refuses what is older', async () => {
    const { ports } = await listening();
    const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const;
    await expect(shake(ports[0]!, old)).rejects.toThrow(/protocol version/);
  });

  it('tells when a connection ends, and forgets it', async () => {
    const { inbox, ports, sockets } = await listening();
    const socket = await shake(ports[0]!);
    socket.write(message);
    const { flow } = await inbox.next();
    socket.destroy();
    expect((await inbox.next()).flow).toBe(flow);
    expect(sockets.connections('tls')).toBe(0);
    expect(sockets.connection(flow.connection)).toBeUndefined();
  });

  it('is not waited for when the socket closes, and its peer has not shaken hands', async () => {
    const { ports, sockets } = await listening();
    const silent = await dial(ports[0]!);
    while (sockets.limits.halfOpen.size === 0) await setImmediate();
    await sockets.close();
    if (!silent.closed) await once(silent.resume(), 'close');
    expect(sockets.limits.halfOpen.size).toBe(0);
  });

  it('shows the certificate for the name that is asked for, and the first to all others', async () => {
    const other = await authority.issue(['DNS:other.example']);
    const { ports } = await listening({ issued: [sip, other] });
    const subject = async (servername: string): Promise<string | undefined> => {
      const socket = await shake(ports[0]!, { servername, checkServerIdentity: () => undefined });
      return socket.getPeerX509Certificate()?.subjectAltName;
    };
    expect(await subject('other.example')).toBe('DNS:other.example');
    expect(await subject('sip.example')).toContain('DNS:sip.example');
    expect(await subject('nobody.example')).toContain('DNS:sip.example');
  });

  it.for([
    ['a certificate of a known authority', true, ['peer.example']],
    ['one of an unknown authority', false, []],
  ] as const)('takes from %s the names that it proves', async ([, isKnown, proven]) => {
    const { inbox, ports } = await listening({ authorities: authority.certificate });
    const issuer = isKnown ? authority : await Authority.create();
    const socket = await shake(ports[0]!, await keysOf(await issuer.issue(['DNS:Peer.example'])));
    socket.write(message);
    expect((await inbox.next()).flow.proven).toEqual(proven);
  });

  it('asks a peer for nothing when no authority is set', async () => {
    const { inbox, ports } = await listening();
    const socket = await shake(ports[0]!, await keysOf(await authority.issue(['DNS:peer.example'])));
    socket.write(message);
    expect((await inbox.next()).flow.proven).toEqual([]);
  });
});

describe('a TLS connection to a peer', () => {
  it('carries messages when the peer proves the name that was looked up, and both know of each other', async () => {
    const authorities = authority.certificate;
    const peer = await listening({ issued: [await authority.issue(['DNS:peer.example'])], authorities });
    const own = await listening({ authorities });
    own.sockets.flowTo('tls', '127.0.0.1', peer.ports[0]!, undefined, 'Peer.example')!.send(message);
    const { flow, text } = await peer.inbox.next();
    expect(text).toBe(message);
    expect(flow.proven).toEqual(['sip.example', '127.0.0.1']);
    flow.send(message);
    expect((await own.inbox.next()).flow.proven).toEqual(['peer.example']);
  });

  it('is the one that the peer has opened, when it wants that and has proven the name', async () => {
    const authorities = authority.certificate;
    const peer = await authority.issue(['DNS:peer.example']);
    const { inbox, ports, sockets } = await listening({ authorities });
    const accepted = async (options: ConnectionOptions): Promise<Flow> => {
      (await shake(ports[0]!, options)).write(message);
      return (await inbox.next()).flow;
    };
    const [proven, unproven] = [await accepted(await keysOf(peer)), await accepted({})];
    const to = (port: number, name: string) => sockets.flowTo('tls', '127.0.0.1', port, undefined, name);
    proven.alias?.(5071);
    proven.alias?.(5073);
    unproven.alias?.(5072);
    expect(to(5071, 'Peer.example')).toBe(proven);
    expect(to(5071, 'victim.example')).not.toBe(proven);
    expect(to(5072, 'peer.example')).not.toBe(unproven);
    expect(to(5073, 'peer.example')).not.toBe(proven);
  });

  it('is that one for each of the names that its peer has proven, without a warning of Node', async () => {
    const names = Array.from({ length: 16 }, (_, index) => `peer${index}.example`);
    const issued = await authority.issue(names.map((name) => `DNS:${name}`));
    const { inbox, ports, sockets } = await listening({ authorities: authority.certificate });
    const warned: Error[] = [];
    const note = (warning: Error): void => void warned.push(warning);
    process.on('warning', note);
    onTestFinished(() => void process.off('warning', note));
    (await shake(ports[0]!, await keysOf(issued))).write(message);
    const { flow } = await inbox.next();
    flow.alias?.(5071);
    for (const name of names) expect(sockets.flowTo('tls', '127.0.0.1', 5071, undefined, name)).toBe(flow);
    sockets.abandon(flow.connection);
    await inbox.next();
    expect(sockets.flowTo('tls', '127.0.0.1', 5071, undefined, names[0])).not.toBe(flow);
    expect(warned).toEqual([]);
  });

  it('is used again for the name that was proven, and for no other', async () => {
    const authorities = authority.certificate;
    const peer = await listening({ issued: [await authority.issue(['DNS:peer.example'])], authorities });
    const { inbox, sockets } = await listening({ authorities });
    const to = (name: string) => sockets.flowTo('tls', '127.0.0.1', peer.ports[0]!, undefined, name)!;
    const first = to('peer.example');
    first.send(message);
    await peer.inbox.next();
    expect(to('PEER.example')).toBe(first);
    const second = to('victim.example');
    expect(second).not.toBe(first);
    second.send('a secret');
    const { flow, text } = await inbox.next();
    expect(flow).toBe(second);
    expect(text).toContain('certificate-refused');
    first.send(message);
    expect(await firstHeard(peer.inbox)).toBe(message);
  });

  it.for([
    ['has ended', 'sip.example', async () => authority.issue(['DNS:sip.example'], -1), 'expired'],
    ['is for another name', 'other.example', async () => sip, 'issued for another name'],
    [
      'is of an authority that is not known',
      'sip.example',
      async () => (await Authority.create()).issue(['DNS:sip.example']),
      'of an authority that is not known',
    ],
  ] as const)('is refused when the certificate %s, and nothing is sent', async ([, name, issue, problem]) => {
    const peer = await listening({ issued: [await issue()] });
    const { inbox, sockets } = await listening({ authorities: authority.certificate });
    sockets.flowTo('tls', '127.0.0.1', peer.ports[0]!, undefined, name)!.send('a secret');
    const { text } = await inbox.next();
    const date = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`;
    expect(text).toMatch(
      new RegExp(
        `^failed: certificate-refused: 127.0.0.1:${peer.ports[0]}: ${problem}: ` +
          `subject CN=Issued \\d+; names sip.example.*; wanted ${name}; valid from ${date} to ${date}$`,
      ),
    );
    const trusting = await shake(peer.ports[0]!, { rejectUnauthorized: false });
    trusting.write(message);
    expect(await firstHeard(peer.inbox)).toBe(message);
  });
});

describe('certificates', () => {
  it.for(['a file that is put in the place of the other', 'a link that is turned, as Kubernetes does'])(
    'are read again by %s, and connections live on',
    async (way) => {
      const folder = await mkdtemp(join(tmpdir(), 'certificates-'));
      const [live, next] = [join(folder, 'live'), join(folder, 'next')];
      const put = async (to: string, files: IssuedFiles): Promise<void> => {
        await mkdir(to, { recursive: true });
        await copyFile(files.certificate, join(to, 'tls.crt'));
        await copyFile(files.key, join(to, 'tls.key'));
      };
      if (way.includes('link')) {
        await put(join(folder, 'data-1'), sip);
        await symlink('data-1', live);
      } else await put(live, sip);
      const [certificate, key] = [join(live, 'tls.crt'), join(live, 'tls.key')];
      const { inbox, lines, ports } = await listening({ issued: [{ certificate, key }] });
      const before = await shake(ports[0]!);
      const renewed = await authority.issue(['DNS:sip.example', 'DNS:renewed.example']);
      if (way.includes('link')) {
        await put(join(folder, 'data-2'), renewed);
        await symlink('data-2', next);
        await rename(next, live);
      } else await put(live, renewed);
      await lines.with('read again');
      const after = await shake(ports[0]!);
      expect(after.getPeerX509Certificate()?.subjectAltName).toContain('renewed.example');
      before.write(message);
      const { flow } = await inbox.next();
      flow.send('answer');
      expect(String((await once(before, 'data'))[0])).toBe('answer');
    },
  );

  it('stay as they were when a new file is no good, which is told', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'certificates-'));
    const [certificate, key] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
    await copyFile(sip.certificate, certificate);
    await copyFile(sip.key, key);
    const { lines, ports } = await listening({ issued: [{ certificate, key }] });
    await copyFile(await authority.nonsense(), certificate);
    const { msg } = await lines.with('tls-files-unusable');
    expect(msg).toMatch(`tls-files-unusable: ${certificate}: no certificate: `);
    expect((await shake(ports[0]!)).authorized).toBe(true);
  });

  it.for([
    ['is missing', async () => ({ ...sip, key: '/nowhere/tls.key' }), '/nowhere/tls.key: ENOENT'],
    [
      'is no PEM',
      async () => ({ ...sip, certificate: await authority.nonsense() }),
      'nonsense.pem: no certificate',
    ],
    [
      'belongs to another',
      async () => ({ ...sip, key: (await authority.issue(['DNS:x.example'])).key }),
      'not the key of the certificate in ',
    ],
  ] as const)('are refused at the start when a file %s', async ([, issue, message]) => {
    await expect(certificates({ issued: [await issue()] })).rejects.toThrow(message);
  });
});
