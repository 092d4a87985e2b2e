import type { router } from '@tandem/contract';

/** The name of the part that is the Request-URI; any other part is a header, in lower case. */
const requestUriPart = 'requestUri';

/** A part of a request by which a policy goes: the first value of a header, or the Request-URI. */
export function partOf(request: router.Request, part: string): string | undefined {
  switch (part) {
    case requestUriPart:
      return request.requestUri;
    case 'from':
      return request.from;
    case 'to':
      return request.to;
    case 'call-id':
      return request.callId;
    case 'user-agent':
      return request.userAgent || undefined;
    default:
      return request.headers.find(({ name }) => name.toLowerCase() === part)?.value;
  }
}

/** How a part is called in an explanation. */
export function partName(part: string): string {
  if (part === requestUriPart) return 'Request-URI';
  return part.replace(/(^|-)(id$|[a-z])/g, (start) => start.toUpperCase());
}
