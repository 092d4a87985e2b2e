import { expect } from 'vitest';
import type { Message } from '../harness/message.ts';
import { Dialog } from './dialog.ts';
import { offer, type Phone, sdp } from './phone.ts';
import { statusOf } from './reply.ts';
import type { Headers } from './request.ts';

/** A call that is up, seen from both of its ends. */
export interface Call {
  readonly caller: Dialog;
  readonly callee: Dialog;
  /** As the callee got it. */
  readonly invite: Message;
  /** As the caller got it. */
  readonly answer: Message;
  /** The ACK as the callee got it. */
  readonly ack: Message;
}

/** Lets one phone call another that has registered, which answers at once, with the headers that `answering` gives. */
export async function connect(
  alice: Phone,
  bob: Phone,
  headers: Headers = {},
  answering: (invite: Message) => Headers = () => ({}),
): Promise<Call> {
  const sent = await dial(alice, bob.uri, headers);
  const invite = await bob.wire.receive('INVITE');
  const said = bob.reply(invite, '200 OK', { ...sdp, ...answering(invite) }, offer);
  const answer = await alice.final(sent);
  const [caller, callee] = [Dialog.ofCaller(alice, answer), Dialog.ofCallee(bob, invite, said)];
  caller.acknowledge();
  return { caller, callee, invite, answer, ack: await bob.wire.receive('ACK') };
}

/** Sends an INVITE that is let through, and returns it. A phone that has registered over a connection is not challenged. */
export async function dial(alice: Phone, uri: string, headers: Headers = {}): Promise<Message> {
  const invite = alice.transport === 'udp' ? await alice.invite(uri, headers) : alice.offer(uri, headers);
  if (alice.transport !== 'udp') alice.send(invite);
  return invite;
}

/** A new offer within a call that was taken: as the other party got it, its answer as it came back, and the ACK. */
interface Reoffer {
  readonly asked: Message;
  readonly answer: Message;
  readonly ack: Message;
}

/** Lets one party offer anew, which the other one takes; each with more headers, if there are any. */
export async function reoffer(
  dialog: Dialog,
  sender: Phone,
  peer: Phone,
  { from = {}, to = {} }: { readonly from?: Headers; readonly to?: Headers } = {},
): Promise<Reoffer> {
  const invite = dialog.request('INVITE', { ...sdp, ...from }, offer);
  sender.send(invite);
  const asked = await peer.answer('INVITE', '200 OK', { ...sdp, ...to }, offer);
  const answer = await sender.final(invite);
  expect([statusOf(answer), answer.header('CSeq')]).toEqual([200, invite.header('CSeq')]);
  dialog.acknowledge();
  return { asked, answer, ack: await peer.wire.receive('ACK') };
}

/** Lets the caller hang up; returns the BYE as the callee got it. */
export async function hangUp({ caller }: Pick<Call, 'caller'>, bob: Phone): Promise<Message> {
  const [bye] = await Promise.all([bob.answer('BYE'), caller.ask('BYE')]);
  return bye;
}
