import { Secret } from '@tandem/resource';
import { describe, expect, it } from 'vitest';
import { parseSettings } from './parse.ts';
import { type SharedSettings, sharedSettings } from './shared.ts';

const parse = (env: Record<string, string>): SharedSettings =>
  parseSettings(sharedSettings, { flags: {}, env });

describe('sharedSettings', () => {
  it('needs nothing to be set', () => {
    expect(parse({})).toEqual({
      region: 'local',
      nodeId: expect.stringMatching(/^[A-Za-z0-9_-]+$/),
      httpListen: { host: '127.0.0.1', port: 8080 },
      clusterSecret: undefined,
      logLevel: 'info',
      data: 'tandem-data',
      nodeWeight: 1,
      drainTimeout: 300,
      natsUrl: undefined,
      redisUrl: undefined,
      etcdUrl: undefined,
      etcdProtect: 'off',
      postgresUrl: undefined,
      podAddresses: undefined,
      hostAddresses: undefined,
      advertisePod: 'off',
      advertiseEvery: 60,
    });
  });

  it('refuses the URL of a server that it cannot use yet, without its password', () => {
    for (const name of ['POSTGRES']) {
      const parsing = (): unknown => parse({ [`TANDEM_${name}_URL`]: 'x://me:hunter2@server' });
      expect(parsing).toThrow(`setting-invalid: TANDEM_${name}_URL: is not supported yet`);
      expect(parsing).not.toThrow('hunter2');
    }
  });

  it('takes the servers of NATS, and keeps their password', () => {
    const url = 'nats://me:hunter2@a:4222, tls://b:4222';
    expect(parse({ TANDEM_NATS_URL: url }).natsUrl?.reveal()).toBe('nats://me:hunter2@a:4222,tls://b:4222');
    const parsing = (): unknown => parse({ TANDEM_NATS_URL: 'nats://a:4222,http://me:hunter2@b' });
    expect(parsing).toThrow('TANDEM_NATS_URL: must be a list of URLs with nats:// or tls://');
    expect(parsing).not.toThrow('hunter2');
  });

  it('takes the URL of Redis, and shows nothing of one that it cannot read', () => {
    expect(parse({ TANDEM_REDIS_URL: 'redis://r1' }).redisUrl).toMatchObject({ kind: 'single' });
    const parsing = (): unknown => parse({ TANDEM_REDIS_URL: 'redis://me:hunter2@r1/x' });
    expect(parsing).toThrow('setting-invalid: TANDEM_REDIS_URL: must end with the number of a database');
    expect(parsing).not.toThrow('hunter2');
  });

  it.each(['a.b', 'a b', '', '*', 'x'.repeat(64)])(
    'refuses the node id %j: subjects are made of it',
    (id) => {
      const parsing = (): unknown => parseSettings(sharedSettings, { flags: { nodeId: id }, env: {} });
      expect(parsing).toThrow('--node-id');
    },
  );

  it('takes a cluster secret that is long enough', () => {
    expect(parse({ TANDEM_CLUSTER_SECRET: 's'.repeat(32) }).clusterSecret).toBeInstanceOf(Secret);
    expect(() => parse({ TANDEM_CLUSTER_SECRET: 's'.repeat(31) })).toThrow('at least 32 characters');
  });
});
