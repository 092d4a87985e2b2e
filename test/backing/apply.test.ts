import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configurationPrefix } from '@tandem/platform';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { EtcdServer } from '../harness/etcd-server.ts';
import { needs } from '../harness/needs.ts';
import { Process } from '../harness/process.ts';
import { MAIN } from '../harness/tandem-process.ts';

const describe = needs('etcd', 'namespace');
const RUN = 25_000;

const acme = `
apiVersion: tandem/v1
kind: Tenant
metadata: { name: acme }
spec: { domains: [acme.example] }
---
apiVersion: tandem/v1
kind: User
metadata: { tenant: acme, name: "1001" }
spec: { aliases: [alice], callerId: "1", credentials: { password: hunter2 } }
---
apiVersion: tandem/v1
kind: User
metadata: { tenant: acme, name: "1002" }
spec: { enabled: false, credentials: { ha1: { MD5: ${'c0ffee00'.repeat(4)} } } }
`;

describe('the configuration by command', () => {
  let server: EtcdServer;
  let file: string;

  beforeAll(async () => {
    server = await EtcdServer.start();
    file = join(await mkdtemp(join(tmpdir(), 'tandem-apply-')), 'acme.yaml');
    await writeFile(file, acme);
    expect(await tandem('apply', '-f', file)).toEqual({
      code: 0,
      lines: ['created Tenant/acme/acme', 'created User/acme/1001', 'created User/acme/1002'],
    });
  }, RUN);
  afterAll(() => server.close());

  /** Its exit code, and what it wrote to stdout and stderr. */
  async function tandem(...argv: readonly string[]): Promise<{ code: number | null; lines: string[] }> {
    const env = { TANDEM_ETCD_URL: server.url };
    const run = new Process('tandem', [process.execPath, MAIN, ...argv], { env });
    const { code } = await run.ended(RUN);
    return { code, lines: run.transcript };
  }

  it('is shown as a table', async () => {
    expect((await tandem('get', 'users')).lines).toEqual([
      'tenant  name  aliases  caller id  enabled',
      'acme    1001  alice    1          yes',
      'acme    1002                      no',
    ]);
  });

  it('is shown as it was written, and never with a secret', async () => {
    const [yaml, json] = await Promise.all([
      tandem('get', 'User', '-o', 'yaml'),
      tandem('get', 'User', '1001', '--tenant', 'acme', '-o', 'json'),
    ]);
    const documents = parseAllDocuments(yaml.lines.join('\n')).map((document) => document.toJS());
    expect(documents).toMatchObject([
      { spec: { aliases: ['alice'], credentials: { password: '<secret>' } } },
      { spec: { enabled: false, credentials: { ha1: { MD5: '<secret>' } } } },
    ]);
    expect(JSON.parse(json.lines.join(''))).toEqual([documents[0]]);
    expect([...yaml.lines, ...json.lines].join()).not.toMatch(/hunter2|c0ffee/);
  });

  it('is exported without its secrets, which go to a file alone', async () => {
    const [shown, secrets] = await Promise.all([tandem('export'), tandem('export', '--secrets')]);
    expect(shown).toMatchObject({ code: 0 });
    expect(shown.lines.at(-1)).toBe('# End of 3 resources.');
    expect(shown.lines.join()).not.toMatch(/hunter2|c0ffee/);
    expect(secrets).toEqual({
      code: 1,
      lines: ['tandem: argument-invalid: --secrets goes to a file or to etcd alone: say --file or --in-etcd'],
    });
  });

  it('is not shown where it is wrong, since nobody knows its secrets then', async () => {
    const key = `${configurationPrefix}User/wrong/1`;
    await server.write(key, acme.replace('password:', 'pasword:'));
    const [{ code, lines }, validated] = await Promise.all([
      tandem('get', 'User', '--tenant', 'wrong', '-o', 'json'),
      tandem('validate'),
    ]);
    await server.write(key);
    expect(code).toBe(1);
    expect(validated).toMatchObject({ code: 1 });
    expect(validated.lines.join('\n')).toContain(`${key}:10 User/1001 spec.credentials.pasword: is unknown`);
    expect(lines.join('\n')).toContain(`tandem: ${key}:1 ?/?: must hold one document, not 3`);
    expect(lines.join('\n')).toContain(`${key}:10 User/1001 spec.credentials.pasword: is unknown`);
    expect(lines.join('\n')).not.toContain('hunter2');
  });

  it('is not changed by what does not fit, and the reasons are named', async () => {
    const wrong = join(file, '..', 'wrong.yaml');
    await writeFile(wrong, acme.replace('[acme.example]', '[]'));
    const [applied, deleted] = await Promise.all([
      tandem('apply', '-f', wrong),
      tandem('delete', 'tenant', 'acme'),
    ]);
    expect(applied).toEqual({
      code: 1,
      lines: ['wrong.yaml:5 Tenant/acme spec.domains: needs at least one domain unless ownAddresses is true'],
    });
    expect(deleted).toMatchObject({
      code: 1,
      lines: [1, 2].map(
        (n) => `/tandem/config/User/acme/100${n}:3 User/100${n} metadata.tenant: acme is unknown`,
      ),
    });
  });

  it('names what there is not', async () => {
    const [kind, name] = await Promise.all([tandem('get', 'Usr'), tandem('delete', 'User', 'nobody')]);
    expect(kind).toMatchObject({
      code: 2,
      lines: [
        expect.stringContaining('none of Tenant, User, Trunk, Number, Route, Schedule, Deck, nearest: User'),
      ],
    });
    expect(name).toEqual({ code: 1, lines: ['tandem: resource-unknown: User nobody'] });
  });

  it('is said to be elsewhere without etcd', async () => {
    const run = new Process('tandem', [process.execPath, MAIN, 'get', 'User']);
    expect(await run.ended(RUN)).toMatchObject({ code: 1 });
    expect(run.transcript).toEqual(['tandem: configuration-elsewhere: TANDEM_ETCD_URL is not set']);
  });
});
