import { formatHostPort, type HostPort } from '@tandem/platform';
import type { Check, Finding } from './check.ts';

const timeout = 3_000;

function answers(path: string, hint: string): Check<HostPort> {
  return {
    name: path,
    layer: 'http',
    hint,
    run: (address) => ask(`http://${formatHostPort(address)}${path}`),
  };
}

async function ask(url: string): Promise<Finding> {
  const begin = performance.now();
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeout) });
    const said = (await response.text()).split('\n', 1)[0] ?? '';
    const took = (performance.now() - begin).toFixed(1);
    return { ok: response.ok, value: `${response.status} ${said.slice(0, 80)} after ${took} ms` };
  } catch (error) {
    const { cause, message } = error as Error;
    return { ok: false, value: cause instanceof Error ? cause.message : message };
  }
}

/** Whether the process says that it is well. */
export const httpChecks: readonly Check<HostPort>[] = [
  answers('/livez', 'The process does not serve HTTP there: look at TANDEM_HTTP_LISTEN.'),
  answers('/readyz', 'The process takes no work yet, or no more: it says what is missing.'),
];
