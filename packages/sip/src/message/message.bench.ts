import { it } from 'vitest';
import { checkMessage } from './check.ts';
import { Edit } from './edit.ts';
import { parseMessage } from './parse.ts';
import { SipRequest } from './request.ts';
import { respond } from './respond.ts';

const sdp = [
  'v=0',
  'o=- 1 1 IN IP4 192.0.2.4',
  's=-',
  'c=IN IP4 192.0.2.4',
  't=0 0',
  'm=audio 4000 RTP/AVP 8 0 101',
  'a=rtpmap:8 PCMA/8000',
  '',
].join('\r\n');
const invite = [
  'INVITE sip:1002@acme.example SIP/2.0',
  'Via: SIP/2.0/UDP 192.0.2.4:5060;rport;branch=z9hG4bK74bf9',
  'Max-Forwards: 70',
  'From: "Alice" <sip:1001@acme.example>;tag=9fxced76sl',
  'To: <sip:1002@acme.example>',
  'Call-ID: 3848276298220188511@client.acme.example',
  'CSeq: 2 INVITE',
  'Contact: <sip:1001@192.0.2.4:5060;transport=udp>',
  'Supported: replaces, outbound',
  'User-Agent: baresip v1.0.0',
  'Content-Type: application/sdp',
  `Content-Length: ${sdp.length}`,
  '',
  sdp,
].join('\r\n');
const bytes = Buffer.from(invite, 'latin1');

function parsed(): SipRequest {
  const message = parseMessage(invite);
  if (!(message instanceof SipRequest)) throw message;
  return message;
}

function forward(message: SipRequest): string {
  return new Edit(message)
    .requestUri('sip:1002@192.0.2.5:5060')
    .set('Max-Forwards', '69')
    .prepend('Record-Route', '<sip:192.0.2.1;lr>')
    .prepend('Via', 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKabc')
    .write();
}

const request = parsed();
const out = Buffer.alloc(4096);

it('an INVITE of 12 headers', async ({ bench }) => {
  await bench.compare(
    bench('parse', () => {
      parseMessage(bytes.toString('latin1'));
    }),
    bench('parse and check', () => {
      const fault = checkMessage(parsed());
      if (fault) throw fault;
    }),
    bench('splice as a proxy does', () => {
      forward(request);
    }),
    bench('parse, check, splice, serialise', () => {
      const message = parsed();
      const fault = checkMessage(message);
      if (fault) throw fault;
      out.write(forward(message), 'latin1');
    }),
    bench('respond', () => {
      respond(request, 180, { toTag: 'abc' });
    }),
  );
});
