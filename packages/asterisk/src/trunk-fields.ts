import type { Draft } from './draft.ts';
import { setAnchor, setInactivity } from './fields.ts';
import type { Options } from './options.ts';
import { reasons } from './reasons.ts';
import { isYes } from './rule.ts';

/** What trunks of either channel driver are given alike. */

/** The names of options for the same things. */
interface TrunkWords {
  readonly fromUser: string;
  readonly fromDomain: string;
  readonly outboundProxy: string;
  /** Trust in what a trunk says of callers, and that it is told. */
  readonly trust: readonly [inbound: string, outbound: string];
  readonly directMedia: string;
  readonly timeout: string;
}

/** A value as a field says it. */
type Spelling = (value: string) => string;

/** How calls of a trunk are. `asProxy` makes a URI of its proxy. */
export function setEndpoint(
  trunk: Draft,
  options: Options,
  words: TrunkWords,
  asProxy: Spelling = (uri) => uri,
): void {
  copy(trunk, 'endpoint.fromDomain', options, words.fromDomain);
  copy(trunk, 'endpoint.outboundProxy', options, words.outboundProxy, asProxy);
  setTrusted(trunk, options, words.trust);
  setAnchor(trunk, options, words.directMedia);
  setInactivity(trunk, options, words.timeout);
  copy(trunk, 'endpoint.fromUser', options, words.fromUser);
  options.leave('callerid', reasons.shown);
}

function copy(
  trunk: Draft,
  field: string,
  options: Options,
  name: string,
  spell: Spelling = (value) => value,
): void {
  const option = options.last(name);
  if (option) trunk.set(field, spell(option.value), option.place);
  options.carry(name);
}

/** Both words for trust are one here. */
function setTrusted(trunk: Draft, options: Options, words: TrunkWords['trust']): void {
  const said = words.map((name) => options.last(name));
  if (!said.every((option) => isYes(option?.value ?? ''))) return;
  trunk.set('endpoint.trusted', true, ...said.map((option) => option!.place));
  options.carry(...words);
}

/** Why a host that is a name proves nothing. */
export function unprovenName(name: string, trunk: Draft): string {
  return `${name} is a name: unless a registration proves its calls, add its addresses to identify.sources of Trunk/${trunk.name}`;
}
