import type { SipRequest } from '@tandem/sip';

/** RFC 5031: a service, not a number. */
const service = 'urn:service:sos';

/** Tells calls for help, which go before everything else. */
export class Emergency {
  readonly #numbers: ReadonlySet<string>;

  constructor(numbers: readonly string[]) {
    this.#numbers = new Set(numbers);
  }

  /** Only of those that are trusted a header is believed (RFC 3261 §20.26, RFC 7135): anybody could write it. */
  is(request: SipRequest, isTrusted: boolean): boolean {
    if (request.method !== 'INVITE') return false;
    const { uri } = request;
    if (this.#numbers.has(userIn(uri)) || isService(uri)) return true;
    return isTrusted && isMarked(request);
  }
}

function isService(uri: string): boolean {
  const name = uri.slice(0, service.length).toLowerCase();
  const next = uri[service.length];
  return name === service && (next === undefined || next === '.');
}

function isMarked(request: SipRequest): boolean {
  return (
    request.value('Priority')?.toLowerCase() === 'emergency' ||
    request.values('Resource-Priority').some((value) => /(^|[,\s])esnet\./i.test(value))
  );
}

/** What is called, without reading the whole URI. */
function userIn(uri: string): string {
  const colon = uri.indexOf(':');
  const at = uri.indexOf('@', colon);
  const user = at === -1 ? uri.slice(colon + 1) : uri.slice(colon + 1, at);
  const end = user.search(/[;?:]/);
  return end === -1 ? user : user.slice(0, end);
}
