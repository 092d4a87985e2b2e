import type { SipResponse } from '@tandem/sip';

/** Why somebody has refused a call, as far as its answer says so. */
export interface Said {
  readonly status: number;
  readonly reason: string;
  /** Values of Reason (RFC 3326). */
  readonly reasons: readonly string[];
  /** Values of Warning (RFC 3261 §20.43). */
  readonly warnings: readonly string[];
  readonly warningCodes: readonly number[];
  /** The cause of Q.850, where one is told. */
  readonly cause: number | undefined;
}

/** Values of a header that are looked at. */
const most = 4;
/** Characters of a value that are looked at. */
const longest = 256;

export function saidIn(response: SipResponse): Said {
  const { reason, status } = response;
  const [reasons, warnings] = [valuesOf(response, 'Reason'), valuesOf(response, 'Warning')];
  const warningCodes = warnings.map((value) => Number.parseInt(value, 10));
  const cause = reasons.map(causeIn).find((each) => each !== undefined);
  return { status, reason, reasons, warnings, warningCodes, cause };
}

/** In lower case, with single spaces for all that is neither letter nor digit, and one at each end. */
export function plainWords(texts: readonly string[]): string {
  const words = texts
    .join(' ')
    .toLowerCase()
    .split(/[^a-z0-9]/);
  return ` ${words.filter(Boolean).join(' ')} `;
}

function valuesOf(response: SipResponse, name: 'Reason' | 'Warning'): string[] {
  return response
    .values(name)
    .slice(0, most)
    .map((value) => value.slice(0, longest).trim());
}

/** `Q.850;cause=34;text="no circuit"`, wherever it stands in the value. */
function causeIn(value: string): number | undefined {
  const text = value.toLowerCase().replaceAll(' ', '');
  const protocol = text.indexOf('q.850');
  const at = protocol < 0 ? -1 : text.indexOf('cause=', protocol);
  const cause = at < 0 ? Number.NaN : Number.parseInt(text.slice(at + 'cause='.length), 10);
  return cause > 0 && cause < 128 ? cause : undefined;
}
