import { tokenKey } from '@tandem/platform';
import { parseMessage, SipRequest } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import { flowRoute, readFlowRoute } from './flow-token.ts';
import { sealToken } from './token.ts';

function request(route: string | undefined, callId = 'c1'): SipRequest {
  const routes = route === undefined ? [] : [`Route: ${route}`];
  const head = ['INFO sip:1002@192.0.2.5 SIP/2.0', ...routes, 'From: <sip:a>;tag=a', 'To: <sip:b>;tag=b'];
  const message = parseMessage([...head, `Call-ID: ${callId}`, '', ''].join('\r\n'));
  if (!(message instanceof SipRequest)) throw message;
  return message;
}

const key = tokenKey('the key of all edges');
const hop = {
  transport: 'tcp',
  host: '192.0.2.5',
  port: 41_000,
  localPort: 5060,
  edge: 'edge-2',
  connection: 2 ** 40,
  nat: true,
} as const;
const asked = { hop, asker: 'edge-1' };
const route = flowRoute(asked, '192.0.2.2:5060', 'c1', key);

describe('a route over a flow of another edge', () => {
  it('names the flow to that edge, and to nobody else', () => {
    expect(route).toMatch(/^<sip:[\w-]{40,90}@192\.0\.2\.2:5060;flow;lr>$/);
    expect(Buffer.from(route.slice(5, -25), 'base64url').toString('latin1')).not.toContain('edge');
    expect(readFlowRoute(request(route), key)).toEqual(asked);
    expect(readFlowRoute(request(`${route}, <sip:192.0.2.9;lr>`), key)).toEqual(asked);
    const hidden = { ...asked, hidden: true };
    expect(readFlowRoute(request(flowRoute(hidden, '192.0.2.2:5060', 'c1', key)), key)).toEqual(hidden);
  });

  it.each([
    ['behind another one', request(`<sip:192.0.2.9;lr>, ${route}`), key],
    ['of another Call-ID', request(route, 'c2'), key],
    ['of another key', request(route), tokenKey('another')],
    ['that was changed', request(route.replace(/:..../, ':AAAA')), key],
    ['without a flow', request(route.replace(';flow', '')), key],
    ['without a token', request('<sip:192.0.2.2:5060;flow;lr>'), key],
    ['that is none', request(undefined), key],
    [
      'with the token of a dialog',
      request(
        `<sip:${sealToken({ call: '0190a5b2-7c3d-7e4f-8a1b-2c3d4e5f6a7b', media: '', caller: hop, callee: hop }, request(undefined), key)}@192.0.2.2;flow;lr>`,
      ),
      key,
    ],
  ])('%s is none', (_name, message, otherKey) => {
    expect(readFlowRoute(message, otherKey)).toBeUndefined();
  });
});
