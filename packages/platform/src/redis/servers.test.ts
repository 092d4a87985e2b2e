import { Secret } from '@tandem/resource';
import { describe, expect, it } from 'vitest';
import { redisUrl } from './servers.ts';
import { shardOf, slotOf } from './slot.ts';

const open = { tls: false, database: 0 };

describe('redisUrl', () => {
  it.each([
    ['redis://r1', { kind: 'single', addresses: [{ host: 'r1', port: 6_379 }], access: open }],
    [
      'redis://[::1]:7000/3',
      { kind: 'single', addresses: [{ host: '::1', port: 7_000 }], access: { tls: false, database: 3 } },
    ],
    ['rediss://r1/', { kind: 'single', access: { tls: true, database: 0 } }],
    [
      'redis+cluster://r1:7000,r2:7001',
      {
        kind: 'cluster',
        addresses: [
          { host: 'r1', port: 7_000 },
          { host: 'r2', port: 7_001 },
        ],
      },
    ],
    [
      'redis+sentinel://s1,s2:26380/mymaster',
      { kind: 'sentinel', addresses: [{ host: 's1', port: 26_379 }, { port: 26_380 }], master: 'mymaster' },
    ],
    ['rediss+sentinel://s1/m-1/2', { kind: 'sentinel', master: 'm-1', access: { tls: true, database: 2 } }],
  ])('reads %s', (url, expected) => {
    expect(redisUrl.parse(url)).toMatchObject(expected);
  });

  it.each([
    ['redis://me:p%40ss@r1', 'me', 'p@ss'],
    ['redis://:p:w@r1', undefined, 'p:w'],
    ['redis://me:p@ss@r1', 'me', 'p@ss'],
  ])('reads the credentials of %s', (url, username, password) => {
    const { access } = redisUrl.parse(url);
    expect([access.username, access.password?.reveal()]).toEqual([username, password]);
    expect(access.password).toBeInstanceOf(Secret);
  });

  it.each([
    ['http://r1', 'must begin with redis://'],
    ['redis://', 'has no host:port as server 1'],
    ['redis://r1:0', 'has no host:port as server 1'],
    ['redis+cluster://r1:7000,r2:x', 'has no host:port as server 2'],
    ['redis://r1,r2', 'names several servers'],
    ['redis://r1/x', 'number of a database'],
    ['redis://r1/0/1', 'number of a database'],
    ['redis+cluster://r1/1', 'a cluster has no databases'],
    ['redis+sentinel://s1', 'name for the master'],
    ['redis+sentinel://s1/my master', 'name for the master'],
    ['redis://me:50%@r1', 'write %25'],
  ])('refuses %s', (url, problem) => {
    expect(redisUrl.safeParse(url).error?.issues[0]?.message).toContain(problem);
  });

  it('never shows the password', () => {
    for (const place of ['r1:0', 'r1/x', '', 'r1,r2']) {
      const { error } = redisUrl.safeParse(`redis://me:hunter2@${place}`);
      expect(error?.message).not.toContain('hunter2');
    }
    expect(JSON.stringify(redisUrl.parse('redis://me:hunter2@r1'))).not.toContain('hunter2');
  });
});

describe('slotOf', () => {
  // The values of the Redis Cluster specification and of CLUSTER KEYSLOT.
  it.each([
    ['123456789', 12_739],
    ['foo', 12_182],
    ['{foo}bar', 12_182],
    ['a{foo}{bar}', 12_182],
    ['{}foo', slotOf('{}foo')],
    ['', 0],
  ])('of %j', (key, slot) => {
    expect(slotOf(key)).toBe(slot);
  });

  it('takes an empty tag for none', () => {
    expect(slotOf('{}foo')).not.toBe(slotOf('{}bar'));
  });
});

describe('shardOf', () => {
  it('spreads names evenly', () => {
    const counts = new Array(16).fill(0);
    for (let user = 0; user < 16_000; user++) counts[shardOf(`acme/${user}`, 16)]++;
    expect(Math.min(...counts)).toBeGreaterThan(700);
  });
});
