import { describe, expect, it } from 'vitest';
import { parseHosts, parseResolvConf } from './system-names.ts';

describe('resolv.conf', () => {
  it('of a pod names a resolver, a search list and how many dots make a name whole', () => {
    const text = [
      'search shop.svc.cluster.local svc.cluster.local cluster.local',
      'nameserver 10.96.0.10',
      'options ndots:5 timeout:2',
    ].join('\n');
    expect(parseResolvConf(text)).toEqual({
      servers: [{ host: '10.96.0.10', port: 53 }],
      search: ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
      ndots: 5,
    });
  });

  it.each([
    ['', ['127.0.0.1'], [], 1],
    ['# nameserver 192.0.2.1\nnameserver 2001:db8::53 ; of the site', ['2001:db8::53'], [], 1],
    ['nameserver dns.example\nnameserver 192.0.2.1', ['192.0.2.1'], [], 1],
    ['search Example.\ndomain other.example.', ['127.0.0.1'], ['other.example'], 1],
    ['options ndots:99', ['127.0.0.1'], [], 15],
    ['options ndots:x', ['127.0.0.1'], [], 1],
    [
      'nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4',
      ['192.0.2.1', '192.0.2.2', '192.0.2.3'],
      [],
      1,
    ],
  ])('%j', (text, hosts, search, ndots) => {
    const servers = hosts.map((host) => ({ host, port: 53 }));
    expect(parseResolvConf(text)).toEqual({ servers, search, ndots });
  });
});

describe('hosts', () => {
  it('have the addresses of both families, under each name', () => {
    const hosts = parseHosts(
      '# local\n127.0.0.1 localhost\n192.0.2.1 Carrier.example. carrier\n2001:db8::1 carrier\nnonsense x\n',
    );
    expect([...hosts]).toEqual([
      ['localhost', { A: ['127.0.0.1'], AAAA: [] }],
      ['carrier.example', { A: ['192.0.2.1'], AAAA: [] }],
      ['carrier', { A: ['192.0.2.1'], AAAA: ['2001:db8::1'] }],
    ]);
  });

  it('have localhost though nobody says so', () => {
    expect(parseHosts('').get('localhost')).toEqual({ A: ['127.0.0.1'], AAAA: ['::1'] });
  });
});
