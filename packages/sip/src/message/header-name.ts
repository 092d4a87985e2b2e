/** Headers that may stand once (RFC 3261 §7.3.1); a second one is an attempt to be read in two ways. */
const singles = [
  'From',
  'To',
  'Call-ID',
  'CSeq',
  'Max-Forwards',
  'Content-Length',
  'Content-Type',
  'Expires',
  'Min-Expires',
  'Event',
  'Session-Expires',
  'Min-SE',
  'RAck',
  'RSeq',
  'Refer-To',
  'Referred-By',
  'Replaces',
  'Date',
  'Timestamp',
] as const;

const others = [
  'Via',
  'Contact',
  'Route',
  'Record-Route',
  'Authorization',
  'Proxy-Authorization',
  'WWW-Authenticate',
  'Proxy-Authenticate',
  'Require',
  'Proxy-Require',
  'Supported',
  'Unsupported',
  'Allow',
  'Accept',
  'Path',
  'Service-Route',
  'Reason',
  'Retry-After',
  'User-Agent',
  'Server',
  'Allow-Events',
  'Subject',
  'Warning',
  'Content-Encoding',
  'P-Asserted-Identity',
  'Remote-Party-ID',
  'Privacy',
  'Diversion',
  'History-Info',
  'Alert-Info',
  'Priority',
  'Resource-Priority',
  'Identity',
] as const;

/** The canonical name of a known header. */
export type HeaderName = (typeof singles)[number] | (typeof others)[number];

/** The index of a name is its id; 0 is any other header. */
const names: readonly (HeaderName | '')[] = ['', ...singles, ...others];

/** RFC 3261 §7.3.3 and the extensions that registered more. */
const compactForms: Record<string, HeaderName> = {
  c: 'Content-Type',
  e: 'Content-Encoding',
  f: 'From',
  i: 'Call-ID',
  k: 'Supported',
  l: 'Content-Length',
  m: 'Contact',
  o: 'Event',
  r: 'Refer-To',
  b: 'Referred-By',
  s: 'Subject',
  t: 'To',
  u: 'Allow-Events',
  v: 'Via',
  x: 'Session-Expires',
  y: 'Identity',
};

const ids = new Map<string, number>(names.map((name, id) => [name, id]));

/** The id of a known header. */
export function headerId(name: HeaderName): number {
  return ids.get(name)!;
}

/** The name of a known header; empty for any other. */
export function headerName(id: number): HeaderName | '' {
  return names[id]!;
}

/** Whether a header may stand only once. The ids of these are below 32, so that a set of them is a number. */
export function isSingle(id: number): boolean {
  return id > 0 && id <= singles.length;
}

// A slot is chosen by length, first and last letter, so that finding an id needs no substring.
const slots: { lower: string; id: number }[][] = Array.from({ length: 1024 }, () => []);

function slotOf(length: number, first: number, last: number): number {
  return (length * 37 + (first | 32) * 11 + (last | 32)) & 1023;
}

function enter(spelling: string, id: number): void {
  const lower = spelling.toLowerCase();
  const slot = slotOf(lower.length, lower.charCodeAt(0), lower.charCodeAt(lower.length - 1));
  slots[slot]!.push({ lower, id });
}

names.forEach((name, id) => {
  if (id > 0) enter(name, id);
});
for (const [form, name] of Object.entries(compactForms)) enter(form, headerId(name));

/** The id of the header whose name stands at `start` to `end`, in any case, full or compact; 0 when unknown. */
export function identifyHeader(text: string, start: number, end: number): number {
  const slot = slotOf(end - start, text.charCodeAt(start), text.charCodeAt(end - 1));
  for (const { lower, id } of slots[slot]!) {
    if (lower.length === end - start && equalsIgnoringCase(text, start, lower)) return id;
  }
  return 0;
}

function equalsIgnoringCase(text: string, start: number, lower: string): boolean {
  for (let i = 0; i < lower.length; i++) {
    const expected = lower.charCodeAt(i);
    const found = text.charCodeAt(start + i);
    // Only letters differ by bit 5; `-` must match itself, not CR.
    if (found !== expected && (expected < 97 || (found | 32) !== expected)) return false;
  }
  return true;
}
