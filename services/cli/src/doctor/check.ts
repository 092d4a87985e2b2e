import { Fault } from '@tandem/sip';

/** Where a failure has to be looked for. */
type Layer = 'signalling' | 'auth' | 'routing' | 'sdp' | 'media' | 'dns' | 'http' | 'address' | 'cluster';

/** What a check has measured. */
export interface Finding {
  readonly ok: boolean;
  /** In words and numbers, such as `0 of 100 packets`. */
  readonly value: string;
  /** What to do about it, where that hangs on what was found. */
  readonly hint?: string;
  /** A failure that may be none is told, and the system is well all the same. */
  readonly unsure?: boolean;
}

/** One thing that is looked at in a running system. */
export interface Check<Subject> {
  readonly name: string;
  /** Where to look when it fails. */
  readonly layer: Layer;
  /** What to do when it fails: a sentence. */
  readonly hint: string;
  /** Without it the checks that follow make no sense. */
  readonly essential?: boolean;
  /** Not all need it: its failure is told, and the system is well all the same. */
  readonly advisory?: boolean;
  /** A Fault that is thrown is a failure as well. */
  run(subject: Subject): Promise<Finding>;
}

/** What became of a check. */
export type Result =
  | { readonly name: string; readonly status: 'ok'; readonly value: string }
  | {
      readonly name: string;
      readonly status: 'failed' | 'warning';
      readonly value: string;
      readonly layer: Layer;
      readonly hint: string;
    }
  | { readonly name: string; readonly status: 'skipped' };

/** Does checks one after the other; behind an essential one that failed all are skipped. */
export async function* runChecks<Subject>(
  checks: readonly Check<Subject>[],
  subject: Subject,
): AsyncGenerator<Result> {
  let broken = false;
  for (const check of checks) {
    const result: Result = broken ? { name: check.name, status: 'skipped' } : await runCheck(check, subject);
    broken ||= result.status === 'failed' && check.essential === true;
    yield result;
  }
}

/** Does so many checks at a time; their results come in order. */
export async function* runTogether<Subject>(
  checks: readonly Check<Subject>[],
  subject: Subject,
  atOnce: number,
): AsyncGenerator<Result> {
  for (let from = 0; from < checks.length; from += atOnce)
    yield* await Promise.all(checks.slice(from, from + atOnce).map((check) => runCheck(check, subject)));
}

async function runCheck<Subject>(check: Check<Subject>, subject: Subject): Promise<Result> {
  const { name, layer, hint } = check;
  const failed = check.advisory ? 'warning' : 'failed';
  try {
    const { ok, value, hint: own, unsure } = await check.run(subject);
    if (ok) return { name, status: 'ok', value };
    return { name, status: unsure ? 'warning' : failed, value, layer, hint: own ?? hint };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { name, status: failed, value: error.message, layer: layerOf(error) ?? layer, hint };
  }
}

const layers: Readonly<Record<string, Layer>> = {
  'proxy-silent': 'signalling',
  'proxy-unreachable': 'signalling',
  'credentials-refused': 'auth',
  'challenge-foreign': 'auth',
  'challenge-unsupported': 'auth',
  'sdp-not-acceptable': 'sdp',
  'answer-missing': 'sdp',
  'session-change-refused': 'sdp',
};

/** The layer that a fault itself points at, and by the status in its detail a refused call. */
function layerOf({ kind, detail }: Fault): Layer | undefined {
  const [status] = /\b[3-6][0-9]{2}\b/.exec(detail) ?? [];
  if (kind.code !== 'call-refused' || status === undefined) return layers[kind.code];
  if (status === '401' || status === '403' || status === '407') return 'auth';
  if (status === '488' || status === '606') return 'sdp';
  return status === '408' || status.startsWith('5') ? 'signalling' : 'routing';
}
