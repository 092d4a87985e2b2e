import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { derive } from '@tandem/platform';
import { diagnostics, Secret } from '@tandem/resource';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Process } from '../../../../test/harness/process.ts';
import { Exchange } from '../phone/fixture/exchange.ts';

const main = join(import.meta.dirname, '../main.ts');
const secret = 'a cluster secret of the tests, long enough';
const deadline = 30_000;

let exchange: Exchange;
let http: Server;
let health: string;

beforeAll(async () => {
  const { domain, users } = diagnostics(derive(new Secret(secret), 'doctor'));
  const password = (user: string): string => users.find(({ name }) => name === user)?.password ?? '';
  exchange = await Exchange.start({ realm: domain, password });
  http = createServer(({ url }, response) => {
    response.end(`of ${url}`);
  });
  http.listen(8080, exchange.host);
  await once(http, 'listening');
  health = `${exchange.host}:8080`;
});

afterAll(async () => {
  http.closeAllConnections();
  http.close();
  await exchange.close();
});

async function run(...args: string[]): Promise<{ code: number | null; lines: string[] }> {
  const doctor = new Process('doctor', [process.execPath, main, 'doctor', ...args]);
  const { code } = await doctor.ended(deadline);
  return { code, lines: doctor.transcript };
}

describe.concurrent('tandem doctor', () => {
  it('finds a system well, and says so in JSON', async () => {
    const target = `udp://${exchange.host}:${exchange.port}`;
    const args = ['--target', target, '--http-listen', health, '--cluster-secret', secret, '-o', 'json'];
    const { code, lines } = await run(...args);
    const { ok, checks } = JSON.parse(lines.join('\n')) as { ok: boolean; checks: Record<string, string>[] };
    expect([code, ok]).toEqual([0, true]);
    const named = checks.map(({ on, name, value }) => [`${on} ${name}`, value]);
    expect(Object.fromEntries(named)).toMatchObject({
      'udp codec': 'pcma and pcma',
      'udp tone caller to callee': expect.stringMatching(
        /^\d+ % of the energy at 450 Hz, [12].*s of it clean$/,
      ),
      'udp loss callee to caller': expect.stringMatching(/^0 of \d+ packets, jitter \d+\.\d ms$/),
      'udp digits callee to caller': '159# of 159#',
      'udp latency caller to callee': expect.stringMatching(/^\d+\.\d ms$/),
      'udp hold': expect.stringMatching(/, 0 packets in it$/),
      'http /livez': expect.stringMatching(/^200 of \/livez after/),
    });
  });

  it('examines each transport that is listened on, and says what failed in which layer', async () => {
    const { host, port } = exchange;
    const listen = `udp://${host}:${port},udp://${host}:1,tcp://${host}:${port}`;
    const other = secret.replace('of', 'not of');
    const { code, lines } = await run(
      '--sip-listen',
      listen,
      '--cluster-secret',
      other,
      '--http-listen',
      `${host}:1`,
      '--dns-servers',
      `${host}:1`,
    );
    const failed = lines.filter((line) => line.includes('failed')).map((line) => line.split(/ {2,}/, 4));
    expect([code, failed]).toEqual([
      1,
      [
        ['udp', 'register caller', 'failed', expect.stringMatching(/credentials-refused: .* \[auth: /)],
        ['tcp', 'register caller', 'failed', expect.stringMatching(/credentials-refused: .* \[auth: /)],
        ['dns', `${host}:1`, 'failed', expect.stringMatching(/ECONNREFUSED .* \[dns: /)],
        ['http', '/livez', 'failed', expect.stringContaining('[http: ')],
        ['http', '/readyz', 'failed', expect.stringContaining('[http: ')],
      ],
    ]);
  });

  it('says on one line that nothing listens, and how to start it', async () => {
    expect(await run('--target', 'tcp://127.0.0.1:1')).toEqual({
      code: 1,
      lines: ['tandem: system-silent: nothing answers at tcp://127.0.0.1:1; start a system with `tandem up`'],
    });
  });

  it('says which secret is missing, and makes none', async () => {
    const { code, lines } = await run('--target', `udp://${exchange.host}:5060`, '--data', '/nowhere');
    expect([code, lines]).toEqual([1, [expect.stringContaining('secret-missing: /nowhere/cluster-secret')]]);
  });

  it('refuses a wrong setting', async () => {
    const { code, lines } = await run('--http-listen', 'x');
    expect([code, lines]).toEqual([2, [expect.stringContaining('setting-invalid: --http-listen="x"')]]);
  });
});
