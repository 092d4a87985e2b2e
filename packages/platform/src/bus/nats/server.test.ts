import { describe, expect, it } from 'vitest';
import { parseServers } from './server.ts';

describe('the servers of the bus', () => {
  it.each([
    ['nats://a', { address: 'a:4222', tls: false }],
    ['tls://a:80/', { address: 'a:80', tls: true }],
    ['nats://[::1]:4333', { address: '[::1]:4333', host: '::1', port: 4333 }],
    ['nats://me:p%40ss%2C1@a', { address: 'a:4222', credentials: { user: 'me', pass: 'p@ss,1' } }],
    ['nats://t0ken@a', { address: 'a:4222', credentials: { token: 't0ken' } }],
  ])('are read from %s', (url, expected) => {
    expect(parseServers(url)).toMatchObject([expected]);
  });

  it('are several with commas between', () => {
    const addresses = parseServers('nats://a:4222, tls://u:p@b:4223').map(({ address }) => address);
    expect(addresses).toEqual(['a:4222', 'b:4223']);
  });

  it.each([
    ['', 'server 1 of the list does not begin with nats:// or tls://'],
    ['nats://a,b:4222', 'server 2 of the list does not begin'],
    ['http://a:4222', 'server 1 of the list does not begin'],
    ['nats://', 'server 1 of the list is no URL'],
    ['nats://u:hidden@a:port', 'server 1 of the list is no URL'],
    ['nats://u:hidden@a:4222/x', 'server 1 of the list (a:4222) goes on after the port'],
    ['nats://u:hidden%@a', 'server 1 of the list: %'],
  ])('are refused as %s', (url, message) => {
    const refusal = (): unknown => parseServers(url);
    expect(refusal).toThrow(message);
    expect(refusal).not.toThrow('hidden');
  });
});
