import { SipRequest } from '@tandem/sip';
import { printable } from './printable.ts';
import type { Arrow, Participant, Remark, Timeline } from './timeline.ts';

export interface LadderOptions {
  /** Whether all of each message is shown. */
  readonly verbose: boolean;
}

/** From one pillar to the next. */
const span = 30;
/** `12:00:00.000` and two spaces. */
const margin = 14;

/** A call as an ASCII ladder: a line for each message, notes beside the node that made them. */
export function ladder({ participants, steps }: Timeline, { verbose }: LadderOptions): string {
  const lines = [
    heading(participants.map(({ name }) => name)),
    heading(participants.map(({ address }) => address)),
  ];
  for (const step of steps) {
    if (step.kind === 'note') lines.push(...remark(step, participants));
    else {
      lines.push(arrow(step, participants));
      if (verbose) lines.push(...printable(step.text).trimEnd().split(/\r?\n/).map(indented), '');
    }
  }
  return lines.map((line) => line.trimEnd()).join('\n');
}

/** What a message is, in a few words. */
function labelOf({ message, text }: Arrow): string {
  if (!message) return text.slice(0, 20);
  const sdp = /^application\/sdp\b/i.test(message.value('Content-Type') ?? '') && message.body !== '';
  const words = message instanceof SipRequest ? message.method : `${message.status} ${message.reason}`;
  return `${printable(words)}${sdp ? ' (SDP)' : ''}`;
}

function heading(names: readonly string[]): string {
  const cells = names.map((name) =>
    printable(name)
      .slice(0, span - 2)
      .padEnd(span),
  );
  return ' '.repeat(margin) + cells.join('');
}

function arrow(step: Arrow, participants: readonly Participant[]): string {
  const [from = 0, to = 0] = [step.from, step.to].map((id) =>
    participants.findIndex((each) => each.id === id),
  );
  const [left, right] = [Math.min(from, to), Math.max(from, to)];
  const length = (right - left) * span - 1;
  const label = labelOf(step);
  const shown = label.length > length - 6 ? `${label.slice(0, length - 8)}..` : label;
  const shaft = from < to ? `${`-- ${shown} `.padEnd(length - 1, '-')}>` : `<- ${shown} `.padEnd(length, '-');
  return `${clock(step.at)}  ${pillars(left)}|${shaft}${pillars(participants.length - right)}`;
}

function remark({ at, node, part, text }: Remark, participants: readonly Participant[]): string[] {
  const before = pillars(participants.findIndex(({ id }) => id === node));
  const [first = '', ...reasons] = printable(text).split('\n');
  return [
    `${clock(at)}  ${before}* ${part}: ${first}`,
    ...reasons.map((reason) => `${' '.repeat(margin)}${before}    ${reason}`),
  ];
}

function pillars(count: number): string {
  return '|'.padEnd(span).repeat(count);
}

/** The time of day in UTC, as logs have it. */
function clock(at: number): string {
  return new Date(at).toISOString().slice(11, 23);
}

function indented(line: string): string {
  return `${' '.repeat(margin + 2)}${line}`;
}
