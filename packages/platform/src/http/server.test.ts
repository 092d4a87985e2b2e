import { once } from 'node:events';
import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../log.ts';
import { Readiness } from './readiness.ts';
import { type HttpServer, startHttp } from './server.ts';

describe('startHttp', () => {
  let lines: unknown[];
  let readiness: Readiness;
  let scrape: () => Promise<string>;
  let server: HttpServer;

  function open(port = 0): Promise<HttpServer> {
    const log = createLog({
      level: 'info',
      node: 'n',
      destination: { write: (line) => lines.push(JSON.parse(line)) },
    });
    const listen = { host: '127.0.0.1', port };
    return startHttp({ listen, readiness, metrics: () => scrape(), log });
  }

  beforeEach(async () => {
    lines = [];
    readiness = new Readiness();
    scrape = async () => 'tandem_up 1\n';
    server = await open();
  });
  afterEach(() => server.close());

  async function respond(path: string, options: RequestOptions = {}): Promise<IncomingMessage> {
    const sent = request({ ...server.address, path, agent: false, ...options }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return response;
  }

  async function ask(path: string, options?: RequestOptions): Promise<{ status: number; body: string }> {
    const response = await respond(path, options);
    return { status: response.statusCode!, body: await text(response) };
  }

  describe('an action', () => {
    const type = { 'content-type': 'application/json' };
    let asked: string[];

    beforeEach(() => {
      asked = [];
      server.action('/v1/drain', (query) => {
        asked.push(query.get('node') ?? '');
        return { begun: true };
      });
    });

    it('is done by POST', async () => {
      const answer = await ask('/v1/drain?node=edge-1', { method: 'POST', headers: type });
      expect(answer).toEqual({ status: 200, body: '{"begun":true}\n' });
      expect(asked).toEqual(['edge-1']);
    });

    it.each([
      ['by GET', { method: 'GET', headers: type }, 404],
      ['by what a page in a browser can send', { method: 'POST' }, 415],
      ['under another name', { method: 'POST', headers: { ...type, host: 'evil.example' } }, 403],
    ])('is not done %s', async (_, options, status) => {
      expect((await ask('/v1/drain?node=edge-1', options)).status).toBe(status);
      expect(asked).toEqual([]);
    });
  });

  describe('a stream', () => {
    let say: (value: unknown) => void;
    let ended: Promise<void>;

    beforeEach(() => {
      const { promise, resolve } = Promise.withResolvers<void>();
      ended = promise;
      server.stream('/v1/follow', (query, send) => {
        say = send;
        send({ user: query.get('user') });
        return resolve;
      });
    });

    it('gives a line for each value, as they come', async () => {
      const response = await respond('/v1/follow?user=1001');
      expect(response.headers['content-type']).toBe('application/x-ndjson');
      say([1, 'two\nlines']);
      const lines = createInterface({ input: response })[Symbol.asyncIterator]();
      expect((await lines.next()).value).toBe('{"user":"1001"}');
      expect((await lines.next()).value).toBe('[1,"two\\nlines"]');
      response.destroy();
      await ended;
    });

    it('ends for one who does not read', async () => {
      const response = await respond('/v1/follow');
      response.pause();
      for (let count = 0; count < 20; count++) say('x'.repeat(1_000_000));
      await ended;
    });

    it('ends when the server does', async () => {
      const response = await respond('/v1/follow');
      const body = text(response);
      await server.close();
      await ended;
      expect(await body).toBe('{"user":null}\n');
    });

    it('is for some at a time', async () => {
      const open = await Promise.all(Array.from({ length: 16 }, () => respond('/v1/follow')));
      expect((await ask('/v1/follow')).status).toBe(503);
      for (const response of open) response.destroy();
    });

    it('that cannot be begun is cut off, and the log says why', async () => {
      server.stream('/v1/broken', () => {
        throw new Error('boom');
      });
      const response = await respond('/v1/broken');
      await expect(text(response)).rejects.toThrow('aborted');
      expect(lines).toMatchObject([{ err: { message: 'boom' } }]);
    });

    it('is not for others', async () => {
      expect((await ask('/v1/follow', { headers: { host: 'evil.example' } })).status).toBe(403);
      expect((await ask('/v1/follow', { method: 'POST' })).status).toBe(405);
    });
  });

  it('lives, whatever is missing', async () => {
    readiness.set('bus', false);
    expect(await ask('/livez')).toEqual({ status: 200, body: '{"live":true}\n' });
  });

  it('is ready when nothing is missing, and names what is', async () => {
    readiness.set('configuration', false);
    expect(await ask('/readyz')).toEqual({
      status: 503,
      body: '{"ready":false,"missing":["configuration"],"draining":false,"stopping":false}\n',
    });
    readiness.set('configuration', true);
    expect((await ask('/readyz')).status).toBe(200);
    readiness.stopping = true;
    expect(await ask('/readyz')).toEqual({
      status: 503,
      body: '{"ready":false,"missing":[],"draining":false,"stopping":true}\n',
    });
  });

  it('gives metrics to anybody, in the format of Prometheus', async () => {
    const response = await respond('/metrics', { headers: { host: 'tandem.example' } });
    expect(response.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await text(response)).toBe('tandem_up 1\n');
  });

  it('lists what the tiers have, with the query', async () => {
    server.route('/v1/calls', async (query) => ({ calls: [], limit: query.get('limit') }));
    expect(await ask('/v1/calls?limit=5')).toEqual({ status: 200, body: '{"calls":[],"limit":"5"}\n' });
    expect((await respond('/v1/calls')).headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
  });

  it('lists nothing under a foreign name', async () => {
    server.route('/v1/calls', () => ['secret']);
    const { status, body } = await ask('/v1/calls', { headers: { host: 'evil.example' } });
    expect(status).toBe(403);
    expect(body).not.toContain('secret');
    expect((await ask('/v1/none', { headers: { host: 'evil.example' } })).status).toBe(403);
  });

  it.each(['/', '/v1', '/v1/none', '/livez/', '//livez', '/v1/__proto__'])('has no %s', async (path) => {
    expect((await ask(path)).status).toBe(404);
  });

  it('has no listing of what a route does not know', async () => {
    server.route('/v1/call', () => undefined);
    expect((await ask('/v1/call?id=x')).status).toBe(404);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('changes nothing: %s', async (method) => {
    expect((await ask('/v1/calls', { method })).status).toBe(405);
  });

  it('hides why it failed, and logs it', async () => {
    server.route('/v1/calls', () => {
      throw new Error('boom');
    });
    scrape = () => Promise.reject(new Error('bang'));
    for (const path of ['/v1/calls', '/metrics']) {
      const { status, body } = await ask(path);
      expect([status, body]).toEqual([500, '{"error":"see the log of the process"}\n']);
    }
    expect(lines).toMatchObject([
      { path: '/v1/calls', err: { message: 'boom' } },
      { path: '/metrics', err: { message: 'bang' } },
    ]);
  });

  it('refuses large headers and goes on', async () => {
    expect((await ask('/livez', { headers: { x: 'x'.repeat(9_000) } })).status).toBe(431);
    expect((await ask('/livez')).status).toBe(200);
  });

  it('goes on after garbage', async () => {
    const socket = connect(server.address.port, server.address.host);
    socket.end('garbage\r\n\r\n');
    expect(await text(socket)).toContain('400 Bad Request');
    expect((await ask('/livez')).status).toBe(200);
  });

  it('names the address that is taken', async () => {
    const { port } = server.address;
    await expect(open(port)).rejects.toThrow(`http-unavailable: 127.0.0.1:${port}: listen EADDRINUSE`);
  });

  it('is not kept open by a connection that is kept alive', async () => {
    const agent = new Agent({ keepAlive: true });
    await ask('/livez', { agent });
    const [socket] = Object.values(agent.freeSockets).flatMap((free) => free ?? []);
    const closed = once(socket!, 'close');
    await server.close();
    await closed;
    agent.destroy();
  });

  it('ends a request that takes too long to close', async () => {
    server.route('/v1/never', () => new Promise(() => undefined));
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    server.route('/v1/asked', () => resolve());
    const never = expect(ask('/v1/never')).rejects.toThrow('socket hang up');
    await ask('/v1/asked');
    await asked;
    await server.close();
    await never;
  });
});
