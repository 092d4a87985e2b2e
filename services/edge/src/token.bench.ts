import { tokenKey } from '@tandem/platform';
import { parseMessage, SipRequest } from '@tandem/sip';
import { it } from 'vitest';
import { sealToken, verifyToken } from './token.ts';

const text =
  'BYE sip:1002@192.0.2.5 SIP/2.0\r\nFrom: <sip:a@x>;tag=a\r\nTo: <sip:b@x>;tag=b\r\nCall-ID: c@192.0.2.4\r\n\r\n';
const request = parseMessage(text);
if (!(request instanceof SipRequest)) throw request;
const key = tokenKey('the key of all edges');
const hop = { transport: 'udp', host: '192.0.2.4', port: 5062, localPort: 5060, connection: 0 } as const;
const token = {
  call: '0190a5b2-7c3d-7e4f-8a1b-2c3d4e5f6a7b',
  media: 'media-1.42',
  caller: { ...hop, edge: 'edge-1', nat: true },
  callee: { ...hop, edge: '', nat: false },
};
const sealed = sealToken(token, request, key);

it('a dialog token is made and read', async ({ bench }) => {
  await bench.compare(
    bench('made', () => void sealToken(token, request, key)),
    bench('read', () => void verifyToken(sealed, request, key)),
  );
});
