import { until } from '../harness/deadline.ts';
import type { Message } from '../harness/message.ts';
import type { Tandem } from '../harness/tandem.ts';

/** The first line of its log with this message that is of a request's Call-ID, as soon as it is there. */
export async function logged(
  tandem: Tandem,
  request: Message,
  message: string,
): Promise<Record<string, unknown>> {
  const callId = request.header('Call-ID');
  const find = () => tandem.logs().find(({ msg, sipCallId }) => msg === message && sipCallId === callId);
  await until(
    () => `"${message}" in the log`,
    () => find() !== undefined,
  );
  return find()!;
}
