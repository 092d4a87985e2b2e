import type { MessageEntry, NoteEntry, TraceBatch } from '@tandem/platform';
import { parseMessage, parseUri, SipRequest, type SipResponse } from '@tandem/sip';

/** One that takes part in a call: a node, or who stands at an address. */
export interface Participant {
  /** The node's name, or `host:port`. */
  readonly id: string;
  readonly isNode: boolean;
  /** `host:port`, of a node where it was first used. */
  readonly address: string;
  /** Whom the messages say it is; a node's own name. */
  readonly name: string;
}

/** A message from one participant to another. */
export interface Arrow {
  readonly kind: 'message';
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  /** Undefined for what cannot be read. */
  readonly message: SipRequest | SipResponse | undefined;
}

/** What a node did or was told. */
export type Remark = NoteEntry & { readonly node: string };

/** A call as all nodes saw it, in order of time. */
export interface Timeline {
  /** From the caller on, the nodes before those who were called. */
  readonly participants: readonly Participant[];
  readonly steps: readonly (Arrow | Remark)[];
}

type Sighting = MessageEntry & { readonly node: string };
type Seen = Sighting | Remark;

/** Puts together what each node saw. */
export function timeline(batches: readonly TraceBatch[]): Timeline {
  const seen = batches
    .flatMap(({ node, entries }) => entries.map((entry) => ({ ...entry, node })))
    .sort((one, other) => one.at - other.at);
  const arrivals = arrivalsOf(seen.filter((entry) => entry.kind === 'message'));
  const steps = seen.map((entry) => (entry.kind === 'note' ? entry : arrowOf(entry, arrivals)));
  const visible = steps.filter((step) => step !== undefined);
  return { participants: participantsOf(visible, seen), steps: visible };
}

/** What went from node to node by text: both have seen it, and no two messages are the same to the octet. */
interface Arrivals {
  readonly at: ReadonlyMap<string, string>;
  readonly sent: ReadonlyMap<string, string>;
}

function arrivalsOf(sightings: readonly Sighting[]): Arrivals {
  const pick = (direction: MessageEntry['direction']): Map<string, string> =>
    new Map(sightings.filter((seen) => seen.direction === direction).map(({ text, node }) => [text, node]));
  return { at: pick('received'), sent: pick('sent') };
}

/** Undefined for the arrival of what another node is known to have sent. */
function arrowOf(seen: Sighting, { at, sent }: Arrivals): Arrow | undefined {
  const { node, peer, text } = seen;
  const message = read(text);
  if (seen.direction === 'sent') {
    const receiver = at.get(text);
    const to = receiver === undefined || receiver === node ? peer : receiver;
    return { kind: 'message', at: seen.at, from: node, to, text, message };
  }
  const sender = sent.get(text);
  if (sender !== undefined && sender !== node) return undefined;
  return { kind: 'message', at: seen.at, from: peer, to: node, text, message };
}

function read(text: string): Arrow['message'] {
  const message = parseMessage(text);
  return message instanceof Error ? undefined : message;
}

/** Who is told or tells something, in order of appearance, with the nodes behind the caller. */
function participantsOf(steps: readonly (Arrow | Remark)[], seen: readonly Seen[]): Participant[] {
  const nodes = nodesOf(seen);
  const arrows = steps.filter((step) => step.kind === 'message');
  const ids = new Set(
    steps.flatMap((step) => (step.kind === 'message' ? [step.from, step.to] : [step.node])),
  );
  const all = [...ids].map((id): Participant => {
    const address = nodes.get(id);
    return address === undefined
      ? { id, isNode: false, address: id, name: nameOf(id, arrows) }
      : { id, isNode: true, address, name: id };
  });
  const [caller, ...others] = all.filter(({ isNode }) => !isNode);
  return [...(caller ? [caller] : []), ...all.filter(({ isNode }) => isNode), ...others];
}

/** Where each node was first seen to be. */
function nodesOf(seen: readonly Seen[]): Map<string, string> {
  const nodes = new Map<string, string>();
  for (const entry of seen) {
    const local = entry.kind === 'message' ? entry.local : '';
    nodes.set(entry.node, nodes.get(entry.node) || local);
  }
  return nodes;
}

/** The user that a participant speaks for, or is asked for. */
function nameOf(id: string, arrows: readonly Arrow[]): string {
  for (const { from, to, message } of arrows) {
    if (!(message instanceof SipRequest) || (from !== id && to !== id)) continue;
    const uri = parseUri(from === id ? message.from.uri : message.uri);
    if (uri && uri.scheme !== 'tel' && uri.user !== undefined) return uri.user;
  }
  return '';
}
