import { until } from '../harness/deadline.ts';
import type { Message } from '../harness/message.ts';
import type { Tandem } from '../harness/tandem.ts';

type LogLine = Readonly<Record<string, unknown>>;

/** The first line about a request's Call-ID that matches, as soon as it is there. */
export async function logged(
  tandem: Tandem,
  request: Message,
  match: (line: LogLine) => boolean,
): Promise<LogLine> {
  const callId = request.header('Call-ID');
  const find = () => tandem.logs().find((line) => line.sipCallId === callId && match(line));
  await until(
    () => `a line about ${callId}`,
    () => find() !== undefined,
  );
  return find()!;
}
