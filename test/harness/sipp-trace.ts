import { Message } from './message.ts';

/** A message as sipp saw it. */
export interface Traced {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly way: 'sent' | 'received';
  readonly message: Message;
}

const HEADING = /^-+ (\S+) (\S+)\n\w+ message (sent|received) .*:\n\n/m;

/** Reads what sipp writes with -trace_msg. */
export function readTrace(text: string): Traced[] {
  // What stands before the first heading, and behind each its three groups and the message.
  const [, ...fields] = text.split(HEADING);
  return Array.from({ length: fields.length / 4 }, (_, index) => {
    const [date, time, way, message] = fields.slice(index * 4) as [string, string, Traced['way'], string];
    return { at: Date.parse(`${date}T${time}`), way, message: new Message(message) };
  });
}

/** The first request of a method that reached it; throws when none did. */
export function received(trace: readonly Traced[], method: string): Traced {
  const found = trace.find(
    ({ way, message }) => way === 'received' && message.start.startsWith(`${method} `),
  );
  if (!found)
    throw new Error(
      `no ${method}; what came and went: ${trace.map(({ message }) => message.start).join(', ')}`,
    );
  return found;
}
