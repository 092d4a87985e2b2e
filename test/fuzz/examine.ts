import { anchor, describe } from '@tandem/sdp';
import {
  checkMessage,
  Edit,
  Fault,
  type Frame,
  Framer,
  forwardRequest,
  limits,
  parseMessage,
  parseUri,
  parseVia,
  replyPort,
  respond,
  type SipMessage,
  SipRequest,
  SipResponse,
  sameUri,
  stampVia,
  type Via,
} from '@tandem/sip';
import type { Random } from './random.ts';
import { attempt, identity, summary } from './reading.ts';
import { same } from './same.ts';

const relay = { host: '192.0.2.9', port: 30_000, rtcpPort: 30_001 };
const hop = { uri: 'sip:x@192.0.2.9', route: [], via: 'SIP/2.0/UDP me.example;branch=z9hG4bKx' };

/** Runs everything that reads octets from the wire over a text. Throws when a promise is broken. */
export function examine(text: string, random: Random): void {
  const message = parseMessage(text);
  same('another reading', summary(parseMessage(text)), summary(message));
  examineStream(text, random);
  if (message instanceof Fault) return;
  examineUris(message);
  if (message instanceof SipRequest) examineSource(message);
  const isSound = !checkMessage(message);
  if (isSound) examineServed(message);
  attempt(() => describe(message.body));
  attempt(() => anchor(message.body, [relay]));
  if (isFull(message)) return;
  if (message instanceof SipRequest) examineAnswer(message);
  if (isSound) examineForwarded(message);
}

/** What passed the check can be read in all that an edge reads without a guard. */
function examineServed(message: SipMessage): void {
  const { via, vias, callId, cseq, from, to } = message;
  same('the topmost Via', described(via), described(vias[0]));
  if (callId === '' || cseq.method === '' || from.uri === '' || to.uri === '') throw new Error('it is empty');
  if (!(message instanceof SipRequest)) return;
  stampVia(message, '192.0.2.9', 5070);
  replyPort(message, 5070);
}

/** The frames are the same however the stream is cut; a run of pings counts as one. */
function examineStream(text: string, random: Random): void {
  const framer = new Framer();
  const frames: Frame[] = [];
  const size = random.pick([1, 7, 100, 1500, 20_000]);
  for (let at = 0; at < text.length && frames.at(-1)?.kind !== 'broken'; ) {
    const chunk = text.slice(at, at + 1 + random.below(size));
    frames.push(...framer.push(chunk));
    at += chunk.length;
  }
  same('the stream in chunks', brief(frames), brief(new Framer().push(text)));
}

function brief(frames: Frame[]): string[] {
  return frames.map(inShort).filter((kind, index, all) => kind !== 'ping' || all[index - 1] !== 'ping');
}

function inShort(frame: Frame): string {
  if (frame.kind === 'message') return frame.text;
  return frame.kind === 'ping' ? frame.kind : frame.fault.kind.code;
}

function examineUris(message: SipMessage): void {
  const addresses = attempt(() => [message.from, message.to, ...message.contacts]);
  const uris = addresses instanceof Fault ? [] : addresses.map(({ uri }) => uri);
  if (message instanceof SipRequest) uris.push(message.uri);
  for (const uri of uris) {
    same(`being equal to itself, ${uri},`, sameUri(uri, uri), parseUri(uri) !== undefined);
    same(`being equal both ways, ${uri},`, sameUri(uri, uris[0]!), sameUri(uris[0]!, uri));
  }
}

/** The Via that says where a request came from says all else as the sender did. */
function examineSource(request: SipRequest): void {
  const stamped = attempt(() => stampVia(request, '192.0.2.9', 5070));
  if (typeof stamped !== 'string' || request.via.params.size > limits.parameters - 2) return;
  same('the stamped Via', described(parseVia(stamped)), described(request.via));
}

function described(via: Via | undefined): unknown {
  const params = [...(via?.params ?? [])].filter(([name]) => name !== 'received' && name !== 'rport');
  return [via?.transport, via?.host, via?.port, params];
}

/** Whether there is no room for the header lines, the Via and the octets that an answer or a hop adds. */
function isFull(message: SipMessage): boolean {
  return (
    message.scan.table.length / 6 > limits.headerLines - 3 ||
    message.text.length > limits.messageOctets - 500 ||
    message.values('Via').join().length > limits.headerOctets - 500
  );
}

/** Every request can be answered, be it for its faults, and a good one gets a good answer. */
function examineAnswer(request: SipRequest): void {
  const answer = parseMessage(respond(request, 400, { toTag: 'x' }));
  if (!(answer instanceof SipResponse)) throw new Error('the answer is none', { cause: answer });
  if (answer.scan.flaw) throw new Error('the answer is flawed', { cause: answer.scan.flaw });
  same('Via of the answer', answer.values('Via'), request.values('Via'));
  // The tag may be one parameter too many.
  if (checkMessage(request) || request.to.params.size === limits.parameters) return;
  const fault = checkMessage(answer);
  if (fault) throw new Error('the answer is wrong', { cause: fault });
}

/** What passed the check passes it at the next hop too, and says the same there. */
function examineForwarded(message: SipRequest | SipResponse): void {
  const isRequest = message instanceof SipRequest;
  const hasHop = isRequest ? message.maxForwards !== 0 : message.vias.length > 1;
  if (!hasHop || message.vias.length === limits.headerElements) return;
  const text = isRequest ? forwardRequest(message, hop) : new Edit(message).removeFirst('Via').write();
  const forwarded = parseMessage(text);
  const fault = forwarded instanceof Fault ? forwarded : checkMessage(forwarded);
  if (forwarded instanceof Fault || fault) throw new Error('forwarded, it is wrong', { cause: fault });
  const [vias, ...others] = identity(forwarded);
  const [original, ...originals] = identity(message);
  if (isRequest) vias.shift();
  else original.shift();
  same('forwarded Via', vias, original);
  same('what was forwarded', others, originals);
}
