import type { router } from '@tandem/contract';
import { type Trunk, toE164 } from '@tandem/resource';
import { parseNameAddr, parseUri, splitList } from '@tandem/sip';
import { nameIn } from './claim.ts';
import { dialPlanOf } from './dialled.ts';
import { partOf } from './request-part.ts';

/**
 * The number of a caller outside, in E.164 where the dial plan of its trunk knows it: what the trunk asserts where it is
 * believed (RFC 3325), else From. Empty for one that is nobody.
 */
export function callerNumber(request: router.Request, trunk: Trunk): string {
  const asserted = trunk.endpoint.trusted ? partOf(request, 'p-asserted-identity') : undefined;
  const written = writtenNumber(splitList(asserted ?? '')[0] ?? '') ?? writtenNumber(request.from) ?? '';
  return toE164(dialPlanOf(trunk), written)?.number ?? written;
}

/** The number that a name-addr names, as it is written; undefined for somebody who is nobody. */
export function writtenNumber(value: string): string | undefined {
  const uri = parseUri(parseNameAddr(value)?.uri ?? '');
  if (!uri) return undefined;
  if (uri.scheme === 'tel') return uri.number;
  return uri.host.toLowerCase() === 'anonymous.invalid' ? undefined : nameIn(uri);
}
