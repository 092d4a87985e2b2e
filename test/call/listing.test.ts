import { expect } from 'vitest';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import { Office, uriOf } from './office.ts';

const describe = needs('namespace', 'baresip');

/** The cells of a table, by row; none of them holds two spaces. */
function cells(table: string): string[][] {
  return table
    .trimEnd()
    .split('\n')
    .map((row) => row.split(/ {2,}/));
}

describe('a listing', () => {
  it('shows the phones that are registered (AS-36)', async ({ network }) => {
    const office = await Office.open(network);
    const alice = await office.phone('1001');
    const json = JSON.parse(await office.tandem.ask('registrations', '-o', 'json')) as object[];
    expect(json).toEqual([
      {
        tenant: 'acme',
        user: '1001',
        contact: expect.stringMatching(`^sip:1001-.*@${alice.host.address}:5060$`),
        transport: 'udp',
        source: `${alice.host.address}:5060`,
        edge: expect.any(String),
        region: 'local',
        q: 1,
        expiresIn: expect.any(Number),
        userAgent: expect.stringMatching(/^baresip /),
      },
    ]);
    const [headings, row, ...rest] = cells(await office.tandem.ask('registrations'));
    expect(headings).toEqual([
      'tenant',
      'user',
      'contact',
      'transport',
      'source',
      'edge',
      'region',
      'q',
      'answers',
      'expires in',
      'agent',
    ]);
    const { contact, edge, userAgent } = json[0] as Record<string, string>;
    expect(row?.toSpliced(9, 1)).toEqual([
      'acme',
      '1001',
      contact,
      'udp',
      `${alice.host.address}:5060`,
      edge,
      'local',
      '1',
      '-',
      userAgent,
    ]);
    expect(row?.[9]).toMatch(/^\d+ s$/);
    expect(rest).toEqual([]);
  });

  it('shows a call while it lasts', async ({ network }) => {
    const office = await Office.open(network);
    const { tandem } = office;
    const [alice, bob] = await office.pair();
    await alice.dial(bob.uri);
    await bob.incoming();
    const call = { tenant: 'acme', caller: '1001@acme', callee: uriOf('1002') };
    expect(JSON.parse(await tandem.ask('calls', '-o', 'json'))).toMatchObject([
      { ...call, state: 'ringing', target: '' },
    ]);
    await bob.accept();
    await Promise.all([alice.established(), bob.established()]);
    const target = expect.stringContaining(`@${bob.host.address}:5060`);
    const answered = JSON.parse(await tandem.ask('calls', '-o', 'json')) as Record<string, string>[];
    expect(answered).toMatchObject([{ ...call, state: 'answered', target }]);
    const [, row, ...rest] = cells(await tandem.ask('calls'));
    const { id, node } = answered[0]!;
    expect(row?.toSpliced(2, 1)).toEqual([id, 'answered', '1001@acme', uriOf('1002'), target, node]);
    expect(rest).toEqual([]);
    await alice.hangup();
    await tandem.logged('call ended');
    expect(cells(await tandem.ask('calls'))).toHaveLength(1);
  });
});
