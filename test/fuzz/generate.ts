import type { Random } from './random.ts';

/** One header line as it is written, in parts: `head` elements joined by commas, `tail`. */
export interface Line {
  /** The canonical name; any other name as it is written. */
  readonly name: string;
  /** The name as it is spelled, the colon, and white space. */
  readonly head: string;
  readonly elements: readonly string[];
  /** White space at the end. */
  readonly tail: string;
}

/** A well-formed message in parts. */
export interface Generated {
  /** Undefined for a response. */
  readonly uri: string | undefined;
  readonly startLine: string;
  readonly lines: readonly Line[];
  readonly body: string;
}

const compact: ReadonlyMap<string, string> = new Map([
  ['Via', 'v'],
  ['From', 'f'],
  ['To', 't'],
  ['Call-ID', 'i'],
  ['Contact', 'm'],
  ['Content-Length', 'l'],
  ['Content-Type', 'c'],
  ['Supported', 'k'],
  ['Subject', 's'],
]);

const methods = [
  'INVITE',
  'ACK',
  'BYE',
  'CANCEL',
  'OPTIONS',
  'REGISTER',
  'SUBSCRIBE',
  'NOTIFY',
  'REFER',
  'MESSAGE',
  'PRACK',
  'UPDATE',
  'INFO',
  'PUBLISH',
  "x-!%*_+`'~.",
];
const hosts = [
  'acme.example',
  'EDGE-1.acme.example',
  '192.0.2.4',
  '[2001:db8::1]',
  '[2001:DB8:0:0::a]',
  'df7jal23ls0d.invalid',
  'a_b.example',
];
const users = [
  '1001',
  'al-ice_o.b',
  '+1-201-555-0123',
  'a%20b',
  '%00',
  'user;par=u%40x',
  "odd!~*'()&=+$,;?/",
  '*21%23',
];
const displays = [
  '',
  'Alice ',
  'A. B-C  D ',
  '"Smith, \\"J\\" <x>;" ',
  '"\xc3\x9cnal" ',
  '\xd0\x91\xd0\xbe\xd0\xb1 ',
  '""',
];
const sdp = [
  'v=0',
  'o=- 1 1 IN IP4 192.0.2.4',
  's=-',
  'c=IN IP4 192.0.2.4',
  't=0 0',
  'm=audio 4000 RTP/AVP 8 0 101',
  'a=rtpmap:101 telephone-event/8000',
  'a=ptime:20',
  '',
].join('\r\n');
const digest = 'realm="acme, inc", nonce="bm9uY2U=", opaque="", algorithm=SHA-256, qop="auth,auth-int"';
const credentials = `Digest username="1001", ${digest.replace('qop="auth,auth-int"', 'qop=auth')}, uri="sip:acme.example", response="${'0123456789abcdef'.repeat(4)}", cnonce="a\\"b", nc=00000001`;

/** A well-formed message: spelled, folded and ordered in ways that the grammar allows. */
export function generate(random: Random): Generated {
  const method = random.pick(methods);
  const uri = random.once(3) ? undefined : random.pick(['tel:+1-201-555-0123', sipUri(random)]);
  const startLine =
    uri === undefined
      ? `SIP/2.0 ${random.pick(['100 ', '183 a b', '200 OK', '401 \xc3\xbc', '699 x'])}`
      : `${method} ${uri} SIP/2.0`;
  const body = random.pick(['', sdp, '\0\r\n\r\nINVITE sip:x SIP/2.0\r\n', '\xff'.repeat(random.below(300))]);
  const values: [string, string[]][] = [
    ...random.times(1 + random.below(random.once(4) ? 20 : 3), (): [string, string[]] => [
      'Via',
      list(random, via),
    ]),
    ['From', [`${nameAddr(random)};tag=${token(random)}`]],
    ['To', [nameAddr(random) + (random.once(2) ? '' : `;tag=${token(random)}`)]],
    ['Call-ID', [`${token(random)}@${token(random)}`]],
    ['CSeq', [`${random.pick(['1', '0009', '2147483647'])} ${method}`]],
    ...optional(random, body),
  ];
  const lines = shuffled(random, values).map(([name, elements]) => line(random, name, elements));
  return { uri, startLine, lines, body };
}

export function write({ startLine, lines, body }: Omit<Generated, 'uri'>): string {
  return `${startLine}\r\n${lines.map(writeLine).join('')}\r\n${body}`;
}

export function writeLine({ head, elements, tail }: Line): string {
  return `${head}${elements.join(',')}${tail}\r\n`;
}

function optional(random: Random, body: string): [string, string[]][] {
  const all: [string, string[]][] = [
    ['Max-Forwards', [random.pick(['70', '0', '255', '0068'])]],
    ['Contact', random.once(8) ? ['*'] : list(random, nameAddr)],
    ['Route', list(random, route)],
    ['Record-Route', list(random, route)],
    ['Expires', ['3600']],
    ['Supported', ['path', ' replaces', 'outbound ']],
    ['Subject', ['']],
    ['Authorization', [credentials]],
    ['WWW-Authenticate', [`Digest ${digest}`]],
    ['X-Odd', [';;', '"', ';<']],
    ['__proto__', ['constructor']],
    ['Content-Type', ['application/sdp']],
    ['Content-Length', [String(body.length)]],
  ];
  return all.filter(() => random.once(2));
}

function line(random: Random, name: string, elements: string[]): Line {
  const short = compact.get(name);
  const spelled = random.pick([name, name, name.toUpperCase(), name.toLowerCase(), short ?? name]);
  const head = `${spelled}${random.pick(['', '', ' ', '\t '])}:${random.pick([' ', ' ', '', '\r\n\t'])}`;
  // The white space of an empty value belongs to its head.
  const tail = elements.join('') === '' ? '' : random.pick(['', '', ' ', '\r\n  ']);
  return { name, head, elements, tail };
}

function list(random: Random, make: (random: Random) => string): string[] {
  const count = random.once(3) ? 1 + random.below(4) : 1;
  return random.times(
    count,
    (index) => `${index === 0 ? '' : random.pick(['', ' ', '\r\n '])}${make(random)}`,
  );
}

function via(random: Random): string {
  const gap = random.pick(['', '', ' ', '\r\n ']);
  const branch = random.once(20) ? 'x'.repeat(2048) : token(random);
  const port = random.pick(['', ':5060', `${gap}:${gap}65535`]);
  const transport = random.pick(['UDP', 'tcp', 'TLS', 'WSS', 'SCTP']);
  return `SIP${gap}/${gap}2.0/${transport} ${random.pick(hosts)}${port}${gap};${gap}branch${gap}=${gap}z9hG4bK${branch}${random.pick(['', ';rport', ';received=2001:db8::2', ';x="a,b;c"'])}`;
}

function nameAddr(random: Random): string {
  return `${random.pick(displays)}<${sipUri(random)}>${random.pick(['', '', ';expires=60;q=0.5', ';+sip.instance="<urn:uuid:1>"'])}`;
}

function route(random: Random): string {
  return `<sip:${random.pick(users)}@${random.pick(hosts)};lr;p=1,2>`.replace(',', random.pick([',', '%2C']));
}

function sipUri(random: Random): string {
  const user = random.once(4) ? '' : `${random.pick(users)}${random.pick(['', '', ':p%40&=+$,'])}@`;
  return `${random.pick(['sip', 'sips', 'SIP'])}:${user}${random.pick(hosts)}${random.pick(['', ':5060'])}${random.pick(['', ';transport=tcp;lr', ';%6Cr;user=phone'])}`;
}

function token(random: Random): string {
  return random.pick(['a', '9fxced76sl', "-.!%66*_+`'~", 'constructor']) + random.below(1000);
}

function shuffled<T>(random: Random, items: T[]): T[] {
  for (let at = items.length - 1; at > 0; at--) {
    const other = random.below(at + 1);
    [items[at], items[other]] = [items[other]!, items[at]!];
  }
  return items;
}
