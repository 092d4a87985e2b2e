import { describe, expect, it } from 'vitest';
import { etcdUrl } from './address.ts';

describe('etcdUrl', () => {
  it('reads one server or several', () => {
    expect(etcdUrl.parse('http://etcd')).toEqual({ endpoints: [{ authority: 'etcd:2379', tls: false }] });
    expect(etcdUrl.parse('http://a:2379/, https://[::1]:80').endpoints).toEqual([
      { authority: 'a:2379', tls: false },
      { authority: '[::1]:80', tls: true },
    ]);
  });

  it('reads a user, named with one server for all', () => {
    const { endpoints, user } = etcdUrl.parse('https://tandem:a%3A%2C%40@a:1,https://b:2');
    expect(endpoints).toHaveLength(2);
    expect([user?.name, user?.password.reveal()]).toEqual(['tandem', 'a:,@']);
  });

  it.each([
    '',
    'etcd:2379',
    'ftp://a:1',
    'http://',
    'http://a:0',
    'http://a:65536',
    'http://a:1,',
    'http://a:1,,http://b:1',
    'http://a:1/path',
    'http://user@a:1',
    'http://user:%zz@a:1',
    'http://a b:1',
  ])('refuses %j', (text) => {
    expect(etcdUrl.safeParse(text).error?.issues[0]?.message).toContain('must be a list of URLs');
  });
});
