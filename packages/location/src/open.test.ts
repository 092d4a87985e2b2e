import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeLocation, sampleChange, sampleConnection, sampleContact } from './compliance.ts';
import { openMemoryLocation } from './open.ts';

const now = 1_800_000_000_000;
const untouched = { restored: 0, expired: 0, disconnected: 0, damaged: 0, problems: [] };
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-location-'));
  path = join(folder, 'state/registrations');
});

afterEach(() => rm(folder, { recursive: true }));

const fail = (fault: Error): void => expect.fail(fault.message);

function openAt(at: number, onFault = fail) {
  return openMemoryLocation({ path, delayMs: 60_000, onFault }, at);
}

describeLocation('memory with a file', async (instances) => {
  const { location } = await openAt(now);
  return Array.from({ length: instances }, () => location);
});

describe('registrations on disk', () => {
  it('come back after a restart', async () => {
    const { location, report } = await openAt(now);
    expect(report).toEqual(untouched);
    await location.update('acme/1001', sampleChange({ path: ['<sip:p;lr>'] }), now);
    await location.update('acme/Þ"', sampleChange(), now);
    const before = await location.lookup(['acme/1001'], now);
    await location.close();

    const again = await openAt(now + 1_000);
    expect(again.report).toEqual({ ...untouched, restored: 2 });
    expect(await again.location.lookup(['acme/1001'], now + 1_000)).toEqual(before);
    await again.location.expire(now + 3_601_000);
    expect(again.location.size).toBe(0);
  });

  it('leave out what expired meanwhile and what hung on a connection', async () => {
    const { location } = await openAt(now);
    const contacts = [sampleContact('a', { expires: 60 }), sampleContact('b')];
    await location.update('acme/1001', sampleChange({ contacts }), now);
    await location.update('acme/1002', sampleChange({ flow: sampleConnection(7) }), now);
    await location.close();

    const { report, location: again } = await openAt(now + 60_000);
    expect(report).toEqual({ ...untouched, restored: 1, expired: 1, disconnected: 1 });
    expect((await again.list({ limit: 9 }, now + 60_000)).registrations.map(({ aor }) => aor)).toEqual([
      'acme/1001',
    ]);
  });

  it('are written after a change without being asked', async () => {
    const { location } = await openMemoryLocation({ path, delayMs: 1, onFault: fail }, now);
    await location.update('acme/1001', sampleChange(), now);
    await expect.poll(() => readFile(path, 'utf8')).toContain('acme/1001');
    await location.close();
  });

  it('are kept in memory when the disk fails, and the fault says why', async () => {
    await writeFile(join(folder, 'state'), 'a file where a folder should be');
    const faults: Error[] = [];
    const { location } = await openAt(now, (fault) => void faults.push(fault));
    await location.update('acme/1001', sampleChange(), now);
    await location.close();
    expect(faults[0]?.message).toMatch(/^registrations-unwritten: .*state\/registrations: (EEXIST|ENOTDIR)/);
    expect(location.size).toBe(1);
  });
});

describe('a damaged file', () => {
  async function damage(change: (text: string) => string) {
    const { location } = await openAt(now);
    for (const aor of ['acme/1001', 'acme/1002', 'acme/1003'])
      await location.update(aor, sampleChange(), now);
    await location.close();
    await writeFile(path, change(await readFile(path, 'utf8')));
    return (await openAt(now)).report;
  }

  const rows: [string, (text: string) => string, number, number, RegExp][] = [
    ['a cut end', (text) => text.slice(0, -20), 2, 1, /^line 4: .*JSON/],
    ['a flipped byte', (text) => text.replace('"acme/1002",[[', '"acme/1002",[{'), 2, 1, /^line 3: /],
    [
      'a wrong type',
      (text) => text.replace(',5060,5060,0,', ',"5060",5060,0,'),
      2,
      1,
      /^line 2: is no registration/,
    ],
    ['another format', (text) => text.replace('"version":1', '"version":9'), 3, 1, /^line 1: /],
    ['no text at all', () => '\0'.repeat(100), 0, 1, /^line 1: /],
    ['nothing', () => '', 0, 0, /^$/],
  ];
  it.each(rows)('with %s loses only what cannot be read', async (_, change, restored, damaged, problem) => {
    const report = await damage(change);
    expect(report).toMatchObject({ restored, damaged });
    expect(report.problems.join()).toMatch(problem);
  });

  it('is kept aside', async () => {
    await damage((text) => `${text}garbage\n`);
    expect(await readFile(`${path}.damaged`, 'utf8')).toContain('garbage');
  });

  it('that is a folder does not keep the store from starting', async () => {
    path = folder;
    const { report } = await openAt(now, () => {});
    expect(report.problems.join()).toMatch(/EISDIR/);
  });
});
