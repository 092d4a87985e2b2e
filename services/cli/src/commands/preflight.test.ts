import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { KubernetesServer } from '../../../../test/harness/kubernetes-server.ts';
import { needs } from '../../../../test/harness/needs.ts';
import { Process } from '../../../../test/harness/process.ts';

const describe = needs('openssl');
const main = join(import.meta.dirname, '../main.ts');

async function run(env: Record<string, string>, ...args: string[]): Promise<[number | null, string]> {
  const preflight = new Process('preflight', [process.execPath, main, 'preflight', ...args], { env });
  const { code } = await preflight.ended(30_000);
  return [code, preflight.transcript.join('\n')];
}

describe('tandem preflight', () => {
  it('ends with 0 where nothing is missing, and with 1 where something is', async () => {
    const api = await KubernetesServer.start();
    onTestFinished(() => api.close());
    api.put('/version', { gitVersion: 'v1.34.0' });
    const ask = (...args: string[]) => run(api.env, '--service-account', api.folder, ...args);
    expect(await ask('--kubernetes', '1.29')).toEqual([0, expect.stringMatching(/version +ok +v1\.34\.0/)]);
    expect(await ask('--kubernetes', '1.29', '--secrets', 'tls:tls.crt', '--default-storage-class')).toEqual([
      1,
      expect.stringMatching(/storage class +failed +there is no class.*\n.*secret +failed +there is no tls/),
    ]);
  });

  it('is for pods', async () => {
    expect(await run({}, '--service-account', '/nonexistent')).toEqual([
      1,
      expect.stringMatching(/^tandem: argument-invalid: this is no pod/),
    ]);
  });

  it('refuses what it does not understand', async () => {
    expect(await run({}, '--apis', 'ScaledObject')).toEqual([2, expect.stringContaining('GROUP/VERSION')]);
  });
});
