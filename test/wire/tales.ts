import { expect } from 'vitest';
import type { Message } from '../harness/message.ts';
import { Dialog } from './dialog.ts';
import { type Phone, sdp } from './phone.ts';
import { statusOf } from './reply.ts';
import { fresh, type Headers } from './request.ts';
import { address } from './tiers.ts';

/** Where phones are, and the peer. */
export const inside: string = address(1);
export const outside: string = address(30);

/** A description as a phone writes it that says all about itself. */
export function described(host: string): string {
  return [
    'v=0',
    `o=phone-${host} 1 1 IN IP4 ${host}`,
    's=-',
    `c=IN IP4 ${host}`,
    't=0 0',
    'm=audio 4000 RTP/AVP 0',
    `a=candidate:1 1 UDP 1 ${host} 4000 typ host`,
    'm=video 0 RTP/AVP 31',
    `c=IN IP4 ${host}`,
    '',
  ].join('\r\n');
}

/** Headers by which a phone tells where it is. */
export function tales(phone: Phone): Headers {
  const { local } = phone.wire;
  return {
    ...sdp,
    'User-Agent': `phone at ${local}`,
    Server: `phone at ${local}`,
    Warning: `399 ${local} "at home"`,
    'Call-Info': `<http://${local}/face.jpg>;purpose=icon`,
    'X-Address': local,
    'P-Asserted-Identity': '<sip:+1900@elsewhere.example>',
    'Remote-Party-ID': '<sip:+1900@elsewhere.example>',
  };
}

/** Everything that must not be outside: where phones are, what nodes are called, what came before us. */
function secrets(phone: Phone): string[] {
  return [inside, phone.wire.local, 'upstream@', 'edge-1', 'edge-2', 'media-1', 'X-Address', '+1900'];
}

/** An address may be the beginning of another one. */
export function tells(text: string, secret: string): boolean {
  return text
    .split(secret)
    .slice(1)
    .some((after) => !/^[0-9]/.test(after));
}

/** A proxy that the phone is behind, at its own address. */
export function upstream(phone: Phone): string {
  return `<sip:upstream@${phone.wire.local};lr>`;
}

/** The way of a phone's requests once they have passed that proxy. */
export function beyond({ routes }: Dialog): { readonly Route: readonly string[] } {
  return { Route: routes.filter((route) => !route.includes('upstream@')) };
}

export function expectSilence(heard: readonly Message[], phone: Phone): void {
  const told = heard.flatMap(({ text }) => secrets(phone).filter((secret) => tells(text, secret)));
  expect(told).toEqual([]);
}

/** An INVITE of a phone to a URI, past a proxy of its own. */
export async function callPast(phone: Phone, uri: string, headers = {}): Promise<Message> {
  return phone.invite(
    uri,
    {
      ...tales(phone),
      'Call-ID': `${fresh()}@${inside}`,
      'Record-Route': upstream(phone),
      ...headers,
    },
    described(inside),
  );
}

/** A call that was answered, from both sides. */
export interface Answered {
  readonly mine: Dialog;
  readonly theirs: Dialog;
  /** The INVITE, and the ACK of its answer, as the peer got them. */
  readonly asked: Message;
  readonly ack: Message;
}

/** The peer takes a call of a phone; `place` is where it says that it is, from where it hears the ACK. */
export async function answered(
  invite: Message,
  phone: Phone,
  peer: Phone,
  { headers = sdp, place = peer }: { readonly headers?: Headers; readonly place?: Phone } = {},
): Promise<Answered> {
  const asked = await peer.wire.receive('INVITE');
  const host = peer.wire.local.split(':')[0]!;
  const said = peer.reply(asked, '200 OK', { ...headers, Contact: place.contact }, described(host));
  const mine = Dialog.ofCaller(phone, await phone.final(invite));
  mine.acknowledge({ ...tales(phone), ...beyond(mine) });
  const ack = await place.wire.receive('ACK');
  return { mine, theirs: Dialog.ofCallee(peer, asked, said), asked, ack };
}

/** Both sides change the call, and each is told of the other. */
export async function talk(
  mine: Dialog,
  theirs: Dialog,
  { phone, carrier }: Record<'phone' | 'carrier', Phone>,
): Promise<void> {
  for (const method of ['INVITE', 'UPDATE', 'INFO']) {
    const asked = mine.request(method, { ...tales(phone), ...beyond(mine) }, described(inside));
    const seen = await pass(asked, phone, carrier, sdp, described(outside));
    expect(seen.headers('Via')).toHaveLength(1);
    if (method === 'INVITE') mine.acknowledge({ ...tales(phone), ...beyond(mine) });
    if (method === 'INVITE') await carrier.wire.receive('ACK');
  }
  for (const method of ['INVITE', 'UPDATE', 'INFO']) {
    const asserted = { 'P-Asserted-Identity': '<sip:+1900@elsewhere.example>' };
    const asked = theirs.request(method, { ...sdp, ...asserted }, described(outside));
    const told = await pass(asked, carrier, phone, tales(phone), described(inside));
    expect(told.start).toContain(phone.wire.local);
    expect(told.header('Call-ID')).toBe(mine.callId);
    expect(told.headers('P-Asserted-Identity')).toEqual([]);
    if (method === 'INVITE') theirs.acknowledge();
    if (method === 'INVITE') await phone.wire.receive('ACK');
  }
}

/** A request within a call that is answered; returns it as its receiver got it. */
async function pass(
  request: Message,
  from: Phone,
  to: Phone,
  headers: Headers,
  body: string,
): Promise<Message> {
  from.send(request);
  const got = await to.answer(request.start.split(' ')[0]!, '200 OK', headers, body);
  const done = await from.final(request);
  expect(statusOf(done)).toBe(200);
  for (const name of ['Call-ID', 'From', 'CSeq']) expect(done.header(name)).toBe(request.header(name));
  return got;
}

/** Before an answer: what the callee says reliably is acknowledged (RFC 3262). */
export async function prack(dialog: Dialog, from: Phone, to: Phone, headers: Headers = {}): Promise<void> {
  const asked = dialog.request('PRACK', { RAck: '7 2 INVITE', ...headers });
  const got = await pass(asked, from, to, {}, '');
  expect(got.header('RAck')).toBe('7 2 INVITE');
}

export async function hangUp(theirs: Dialog, phone: Phone): Promise<Message> {
  const [bye, answer] = await Promise.all([phone.answer('BYE', '200 OK', tales(phone)), theirs.ask('BYE')]);
  expect(statusOf(answer)).toBe(200);
  return bye;
}
