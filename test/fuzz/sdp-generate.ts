import { Random } from './random.ts';

const addresses = ['IN IP4 192.0.2.4', 'IN IP6 2001:db8::4', 'IN IP4 0.0.0.0', 'IN IP6 ::'];
const oddAddresses = [
  'IN IP4 host.example',
  'IN IP6 ::ffff:192.0.2.2',
  'IN IP4 233.252.0.1/127',
  'TN RFC2543 +1',
];
const protocols = ['RTP/AVP', 'RTP/SAVPF', 'UDP/TLS/RTP/SAVPF', 'udptl', 'TCP/MSRP', 'UDP/DTLS/SCTP'];
const sessionAttributes = [
  'group:BUNDLE 0 1',
  'ice-ufrag:8hhY',
  'msid-semantic: WMS',
  'sendonly',
  'inactive',
  'tool:x',
];
const mediaAttributes = [
  'rtpmap:0 PCMU/8000',
  'rtpmap:96 opus/48000/2',
  'rtpmap:101 telephone-event/8000',
  'fmtp:101 0-16',
  'fmtp:96 minptime=10;useinbandfec=1',
  'rtcp:4001',
  'rtcp:4001 IN IP4 192.0.2.4',
  'rtcp-mux',
  'candidate:1 1 UDP 2130706431 192.0.2.4 4000 typ host',
  'remote-candidates:1 192.0.2.4 4000',
  'end-of-candidates',
  'altc:1 IP6 2001:db8::4 4000',
  'ice-pwd:asd88fgpdd777uzjYhagZg',
  'crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj',
  'fingerprint:sha-256 D2:FA:0E:C3',
  'setup:actpass',
  'ptime:20',
  'maxptime:150',
  'sendrecv',
  'recvonly',
  'ssrc:1 cname:x',
  'x-odd',
];
/** Values that a reader may trip over. */
const odd = [
  '',
  ':',
  '::',
  '-1',
  '65536',
  '99999999999999999999',
  '0/0',
  '4000/2',
  '__proto__:1',
  'é',
  '\0',
  '\r',
];

/** Descriptions of every shape that is in use: what mutations start from. */
export const descriptions: readonly string[] = Array.from({ length: 400 }, (_, index) =>
  describeSomething(Random.of(3, index)),
);

function describeSomething(random: Random): string {
  const ending = random.pick(['\r\n', '\r\n', '\r\n', '\n']);
  const lines = [...session(random), ...random.times(random.below(4), () => media(random)).flat()];
  const last = random.once(6) ? '' : ending;
  return lines.join(ending) + last + (random.once(10) ? ending.repeat(1 + random.below(4)) : '');
}

function session(random: Random): string[] {
  const user = random.pick(['-', 'bob', 'a b', '']);
  const version = random.pick(['1', '0', '18446744073709551615', '007', 'x', '']);
  return [
    'v=0',
    `o=${user} ${random.below(2 ** 31)} ${version} ${address(random)}`,
    's=-',
    ...(random.once(5) ? ['i=about', 'u=http://x.example', 'b=AS:64'] : []),
    ...(random.once(4) ? [] : [`c=${address(random)}`]),
    't=0 0',
    ...some(random, sessionAttributes),
  ];
}

function media(random: Random): string[] {
  const port = random.pick(['4000', '0', '9', '65535', '4000/2', random.pick(odd)]);
  const kind = random.pick(['audio', 'video', 'image', 'application', 'message']);
  const formats = random.pick(['0', '8 0 101', '96 97', '*', 't38', 'webrtc-datachannel', '0  8']);
  return [
    `m=${kind} ${port} ${random.pick(protocols)} ${formats}`,
    ...(random.once(6) ? ['i=a stream'] : []),
    ...(random.once(3) ? [`c=${address(random)}`] : []),
    ...some(random, mediaAttributes),
  ];
}

function some(random: Random, attributes: readonly string[]): string[] {
  return random.times(random.below(8), () => {
    const attribute = random.pick(attributes);
    if (!random.once(20)) return `a=${attribute}`;
    return `a=${attribute.split(':')[0]}:${random.pick(odd)}`;
  });
}

function address(random: Random): string {
  return random.once(8) ? random.pick(oddAddresses) : random.pick(addresses);
}
