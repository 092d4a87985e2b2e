import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A part of a sipp scenario. */
export type Step = string;

const body = [
  'v=0',
  'o=- 1 1 IN IP[local_ip_type] [local_ip]',
  's=-',
  'c=IN IP[media_ip_type] [media_ip]',
  't=0 0',
  'm=audio [auto_media_port] RTP/AVP 0',
];

/** Headers with which a message carries a description. */
const described = ['Content-Type: application/sdp'];
const via = 'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport';
const contact = 'Contact: <sip:[local_ip]:[local_port];transport=[transport]>';
const own = '<sip:[caller]@[domain]>;tag=[pid]-[call_number]';

/** Writes a scenario; returns its file. */
export async function script(name: string, steps: readonly Step[]): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'script-')), `${name}.xml`);
  const head = '<?xml version="1.0" encoding="ISO-8859-1" ?>\n<!DOCTYPE scenario SYSTEM "sipp.dtd">';
  await writeFile(file, `${head}\n<scenario name="${name}">\n${steps.join('\n')}\n</scenario>\n`);
  return file;
}

function send(lines: readonly string[], sdp: readonly string[], attributes = ' retrans="500"'): Step {
  const text = [...lines, 'Content-Length: [len]', '', ...sdp].join('\n');
  return `<send${attributes}><![CDATA[\n\n${text}\n\n]]></send>`;
}

/** Waits for a message, whose headers have to be as these expressions say. */
function receive(attributes: string, headers: Readonly<Record<string, string>>): Step {
  const checks = Object.entries(headers).map(([header, regexp], index) =>
    check(header, regexp, `check${index}`),
  );
  if (checks.length === 0) return `<recv ${attributes}/>`;
  const names = Object.keys(headers).map((_, index) => `check${index}`);
  return `<recv ${attributes}><action>${checks.join('')}</action></recv>\n<Reference variables="${names.join(',')}"/>`;
}

function check(header: string, regexp: string, variable: string, occurrence = 1): string {
  return `<ereg regexp="${regexp}" search_in="hdr" header="${header}:" occurrence="${occurrence}" check_it="true" assign_to="${variable}"/>`;
}

export const response = (status: number, headers: Readonly<Record<string, string>> = {}): Step =>
  receive(`response="${status}" rrs="true"`, headers);
export const maybe = (status: number): Step => `<recv response="${status}" optional="true"/>`;
export const request = (method: string, headers: Readonly<Record<string, string>> = {}): Step =>
  receive(`request="${method}"`, headers);

/** The caller's INVITE, which is challenged, and again with credentials: six steps of sipp. */
export function calls(headers: readonly string[] = []): Step[] {
  const invite = (number: number, more: readonly string[]): Step =>
    send(
      [
        'INVITE sip:[service]@[domain] SIP/2.0',
        via,
        `From: ${own}`,
        'To: <sip:[service]@[domain]>',
        'Call-ID: [call_id]',
        `CSeq: ${number} INVITE`,
        'Contact: <sip:[caller]@[local_ip]:[local_port];transport=[transport]>',
        'Max-Forwards: 70',
        ...headers,
        ...more,
        ...described,
      ],
      body,
    );
  return [
    invite(1, []),
    maybe(100),
    '<recv response="407" auth="true"/>',
    hopwise('ACK', 1, 3, '[peer_tag_param]'),
    invite(2, ['[authentication]']),
    maybe(100),
  ];
}

/** What belongs to the transaction of an INVITE so many steps ago: its ACK or CANCEL. */
export function hopwise(
  method: 'ACK' | 'CANCEL',
  number: number,
  ago: number,
  tag: string,
  headers: readonly string[] = [],
): Step {
  const lines = [
    `${method} sip:[service]@[domain] SIP/2.0`,
    `Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch-${ago}];rport`,
    `From: ${own}`,
    `To: <sip:[service]@[domain]>${tag}`,
    'Call-ID: [call_id]',
    `CSeq: ${number} ${method}`,
    'Max-Forwards: 70',
    ...headers,
  ];
  return send(lines, [], method === 'ACK' ? '' : undefined);
}

/** A request of the caller within the dialog. */
export function within(
  method: string,
  number: number,
  headers: readonly string[] = [],
  sdp: 'with description' | '' = '',
): Step {
  const lines = [
    `${method} [next_url] SIP/2.0`,
    via,
    '[routes]',
    `From: ${own}`,
    'To: <sip:[service]@[domain]>[peer_tag_param]',
    'Call-ID: [call_id]',
    `CSeq: ${number} ${method}`,
    'Contact: <sip:[caller]@[local_ip]:[local_port];transport=[transport]>',
    'Max-Forwards: 70',
    ...headers,
    ...(sdp ? described : []),
  ];
  return send(lines, sdp ? body : [], method === 'ACK' ? '' : undefined);
}

/** The callee's INVITE, of which all is kept that its answers need. */
export function called(headers: Readonly<Record<string, string>> = {}): Step {
  const kept = [
    check('Via', '.*', 'via1'),
    check('Via', '.*', 'via2', 2),
    check('Record-Route', '.*', 'route'),
    check('From', '.*', 'from'),
    check('To', '.*', 'to'),
    check('CSeq', '.*', 'cseq'),
  ];
  const more = Object.entries(headers).map(([header, regexp], index) =>
    check(header, regexp, `asked${index}`),
  );
  const names = Object.keys(headers).map((_, index) => `asked${index}`);
  const unused = names.length === 0 ? '' : `\n<Reference variables="${names.join(',')}"/>`;
  return `<recv request="INVITE" rrs="true"><action>${[...kept, ...more].join('')}</action></recv>${unused}`;
}

/** An answer of the callee to its INVITE. */
export function answers(
  status: string,
  headers: readonly string[] = [],
  sdp: 'with description' | '' = '',
): Step {
  const lines = [
    `SIP/2.0 ${status}`,
    'Via:[$via1]',
    'Via:[$via2]',
    'Record-Route:[$route]',
    'From:[$from]',
    'To:[$to];tag=[pid]-[call_number]',
    'Call-ID: [call_id]',
    'CSeq:[$cseq]',
    contact,
    ...headers,
    ...(sdp ? described : []),
  ];
  return send(lines, sdp ? body : [], status.startsWith('1') ? '' : undefined);
}

/** An answer to the last request that came. */
export function replies(
  status: string,
  headers: readonly string[] = [],
  sdp: 'with description' | '' = '',
): Step {
  const last = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].map((name) => `[last_${name}:]`);
  return send(
    [`SIP/2.0 ${status}`, ...last, contact, ...headers, ...(sdp ? described : [])],
    sdp ? body : [],
    '',
  );
}

/** A request of the callee within the dialog. */
export function asks(method: string, number: number, headers: readonly string[] = []): Step {
  const lines = [
    `${method} [next_url] SIP/2.0`,
    via,
    '[routes]',
    'From:[$to];tag=[pid]-[call_number]',
    'To:[$from]',
    'Call-ID: [call_id]',
    `CSeq: ${number} ${method}`,
    contact,
    'Max-Forwards: 70',
    ...headers,
  ];
  return send(lines, []);
}
