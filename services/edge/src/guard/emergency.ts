import type { SipRequest } from '@tandem/sip';

/** RFC 5031: a service, not a number. */
const service = 'urn:service:sos';

/** Tells calls for help, which go before everything else. */
export class Emergency {
  readonly #numbers: ReadonlySet<string>;

  constructor(numbers: readonly string[]) {
    this.#numbers = new Set(numbers);
  }

  /** Whether it is help that is called. */
  isCalled({ method, uri }: Pick<SipRequest, 'method' | 'uri'>): boolean {
    return method === 'INVITE' && (this.#numbers.has(userIn(uri)) || isService(uri));
  }

  /** Whether a header says so: to be asked of those who are trusted (RFC 3261 §20.26, RFC 7135), for anybody could write it. */
  isMarked(request: SipRequest): boolean {
    if (request.method !== 'INVITE') return false;
    return (
      request.value('Priority')?.toLowerCase() === 'emergency' ||
      request.values('Resource-Priority').some((value) => /(^|[,\s])esnet\./i.test(value))
    );
  }
}

function isService(uri: string): boolean {
  const name = uri.slice(0, service.length).toLowerCase();
  const next = uri[service.length];
  return name === service && (next === undefined || next === '.');
}

/** What is called, without reading the whole URI. */
function userIn(uri: string): string {
  const colon = uri.indexOf(':');
  const at = uri.indexOf('@', colon);
  const user = at === -1 ? uri.slice(colon + 1) : uri.slice(colon + 1, at);
  const end = user.search(/[;?:]/);
  return end === -1 ? user : user.slice(0, end);
}
