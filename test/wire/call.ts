import type { Message } from '../harness/message.ts';
import { Dialog } from './dialog.ts';
import { offer, type Phone, sdp } from './phone.ts';
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

/** Lets the caller hang up; returns the BYE as the callee got it. */
export async function hangUp({ caller }: Pick<Call, 'caller'>, bob: Phone): Promise<Message> {
  const [bye] = await Promise.all([bob.answer('BYE'), caller.ask('BYE')]);
  return bye;
}
