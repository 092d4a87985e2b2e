import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { expect, onTestFinished } from 'vitest';
import { Authority } from '../harness/authority.ts';
import { needs } from '../harness/needs.ts';
import { everyTransport, ports } from './everywhere.ts';
import { it as base } from './fixture.ts';
import { fresh, write } from './request.ts';
import { address } from './tiers.ts';

const describe = needs('namespace', 'openssl');

const run = promisify(execFile);
const edge = address(11);

/** An edge with certificates for two names, the second one of which is for all hosts of a domain. */
const it = base.extend<{ authority: Authority }>({
  authority: [
    async ({ tiers: open }, use) => {
      const authority = await Authority.create();
      const tiers = await open();
      const [first, second] = [
        await authority.issue(['DNS:acme.example']),
        await authority.issue(['DNS:*.globex.example']),
      ];
      await tiers.edge('edge-1', edge, {
        ...everyTransport(edge, first),
        sipTlsCertificate: [first.certificate, second.certificate],
        sipTlsKey: [first.key, second.key],
      });
      await use(authority);
    },
    { auto: true },
  ],
});

/** What `openssl s_client` says of a connection to the edge, which it ends as soon as it is there. */
async function handshake(port: number, options: readonly string[]): Promise<string> {
  const running = run('openssl', ['s_client', '-connect', `${edge}:${port}`, ...options]);
  running.child.stdin?.end();
  const { stdout, stderr } = await running.catch((error: { stdout: string; stderr: string }) => error);
  return stdout + stderr;
}

/** Lets `openssl` offer what it holds to be too weak itself. */
const oldToo = ['-cipher', 'DEFAULT@SECLEVEL=0'];

/** The names in the certificate that is shown. */
function namesIn(shown: string): string | undefined {
  return new X509Certificate(shown.slice(shown.indexOf('-----BEGIN'))).subjectAltName;
}

describe('the certificate that an edge shows', () => {
  it.for([
    ['is for the name that is asked for', ['-servername', 'acme.example'], 'DNS:acme.example'],
    [
      'is for a host of the domain that it is for',
      ['-servername', 'sip.globex.example'],
      'DNS:*.globex.example',
    ],
    ['is the first for a name that nobody has', ['-servername', 'initech.example'], 'DNS:acme.example'],
    ['is the first for who asks for no name', ['-noservername'], 'DNS:acme.example'],
  ] as const)('%s', async ([, options, names], { authority }) => {
    const trust = ['-CAfile', authority.certificate, '-verify_return_error'];
    for (const port of [ports.tls, ports.wss]) {
      const shown = await handshake(port, [...options, ...trust]);
      expect(namesIn(shown)).toBe(names);
      expect(shown).toContain('Verify return code: 0 (ok)');
    }
  });

  it.for([
    ['TLS 1.3', '-tls1_3', 'New, TLSv1.3'],
    ['TLS 1.2', '-tls1_2', 'New, TLSv1.2'],
    ['no TLS 1.1', '-tls1_1', 'alert protocol version'],
  ] as const)('takes %s', async ([, version, said]) => {
    expect(await handshake(ports.tls, [version, ...oldToo])).toMatch(new RegExp(said));
  });
});

describe('keep-alives over TLS', () => {
  it('are answered when they are a ping, and not when they are a pong (RFC 5626 §4.4.1)', async () => {
    const socket = connect({ host: edge, port: ports.tls, rejectUnauthorized: false });
    onTestFinished(() => void socket.destroy());
    await once(socket.setEncoding('latin1'), 'secureConnect');
    socket.write('\r\n\r\n');
    expect(await once(socket, 'data')).toEqual(['\r\n']);
    const options = write(`OPTIONS sip:${edge} SIP/2.0`, {
      Via: `SIP/2.0/TLS ${address(1)};branch=z9hG4bK${fresh()}`,
      From: `<sip:${address(1)}>;tag=${fresh()}`,
      To: `<sip:${edge}>`,
      'Call-ID': fresh(),
      CSeq: '1 OPTIONS',
      'Max-Forwards': '70',
    });
    socket.write(`\r\n${options.text}`);
    expect(await once(socket, 'data')).toEqual([expect.stringMatching(/^SIP\/2\.0 200 /)]);
  });
});
