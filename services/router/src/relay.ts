import type { router } from '@tandem/contract';
import type { Binding } from '@tandem/location';
import { homeRealm, type Tags, type Trunk, type User } from '@tandem/resource';
import { escapeUser, foreignCredentials, isSips } from '@tandem/sip';
import type { CalledUser, Callee } from './callee.ts';
import { codecsOf, describeCodecs } from './codecs.ts';
import { callRedirected, trunkUnusable, userNotRegistered } from './faults.ts';
import { phoneEdits } from './header-edits.ts';
import { mediaPolicy } from './media.ts';
import { natSteps } from './nat.ts';
import { otherDomain } from './other-domain.ts';
import { accountOf, presentationOf, privacyOf } from './presentation.ts';
import { partyOf, type Question } from './question.ts';
import { blamedOf, refusal } from './refusal.ts';
import { asSip, isSecuredBinding, isSecuredTarget, notSecured } from './secured.ts';
import { timerPolicy } from './session-timer.ts';
import { tagFields, tagsOf } from './tags.ts';
import { groupByPreference } from './target.ts';
import { groupsOf } from './trunk-target.ts';
import { rejection, verdict } from './verdict.ts';

/** What would show an identity as proven that the caller has only claimed (RFC 3325 §5). */
const removed: readonly router.HeaderEdit[] = [
  { name: 'P-Asserted-Identity' },
  { name: 'P-Preferred-Identity' },
  { name: 'Remote-Party-ID' },
];

/** RFC 3261 §22.3: credentials for us stay here, those for a proxy beyond go on. */
function credentialsEdit({ request, caller }: Question): router.HeaderEdit {
  const realm = caller.is === 'trunk' ? caller.digest?.realm : caller.realm;
  const realms = realm ? [realm.name] : [];
  const value = foreignCredentials(request.authorization, realms);
  return { name: 'Proxy-Authorization', ...(value !== undefined && { value }) };
}

/** Rings the contacts of a user. */
export function relayToUser(
  question: Question,
  { user: callee, ringTimeout: asked, inbound }: Pick<CalledUser, 'user' | 'ringTimeout' | 'inbound'>,
  bindings: readonly Binding[],
  steps: readonly router.Step[],
  now: number,
): router.Verdict {
  if (bindings.length === 0) {
    const blamed = blamedOf('User', callee);
    const nobody = refusal(userNotRegistered, 'bindings', `${callee.name} has no phone registered`, blamed);
    return rejection(question.request, nobody, steps, partyOf(question));
  }
  const isSecured = isSips(question.request.requestUri);
  const reached = isSecured ? bindings.filter(isSecuredBinding) : bindings;
  if (reached.length === 0) {
    const open = notSecured(
      'bindings',
      `${callee.name} has no phone registered with a sips Contact over TLS`,
    );
    return rejection(question.request, open, steps, partyOf(question));
  }
  const ringTimeout = asked ?? callee.ringTimeout ?? callee.tenant.ringTimeout;
  const more: router.Step[] = [];
  const tags = tagsOf(question, { inbound }, more);
  const edits = phoneEdits(question, callee, { inbound, tags }, more);
  const preferred = groupByPreference(callee, reached, { ringTimeout, edits });
  const groups = isSecured ? preferred : preferred.map(asSipGroup);
  const uri = `sip:${escapeUser(callee.name)}@${homeRealm(callee.tenant)}`;
  const known = [...steps, ...more, ...natSteps(bindings, now)];
  const media = mediaPolicy([partyOf(question), callee]);
  return relay(question, { callee: uri, groups, media, tags }, known);
}

function asSipGroup(group: router.Group): router.Group {
  return { ...group, targets: group.targets.map(asSip) };
}

/** Sends a request to where a URI leads. */
export function relayElsewhere(
  question: Question,
  { uri, ringTimeout, inbound }: Extract<Callee, { is: 'elsewhere' }>,
  steps: readonly router.Step[],
): router.Verdict {
  const { request } = question;
  const party = partyOf(question);
  const shown = presentationOf(request, party);
  if ('kind' in shown) return rejection(request, shown, steps, party);
  if (isSips(request.requestUri) && !isSips(uri)) {
    return rejection(request, notSecured('policy', `${uri} is not sips`), steps, party);
  }
  const outside = otherDomain(request, shown, [credentialsEdit(question), ...removed]);
  const target = {
    uri,
    route: [],
    alternatives: [],
    flowOnly: false,
    follows: false,
    boundMs: 0,
    keepAlive: 0,
    codecs: [],
    edits: [],
    ...(outside && { outside }),
  };
  const groups = [{ targets: [target], ringTimeout: ringTimeout ?? party.tenant.ringTimeout }];
  const media = mediaPolicy([party]);
  const anchor = media.anchor || (outside?.hidden ?? false);
  const known = [...steps];
  const tags = tagsOf(question, { inbound }, known);
  return relay(question, { callee: uri, groups, media: { ...media, anchor }, tags }, known);
}

/** Sends a call for a number outside to trunks, one after the other. */
export function relayToTrunks(
  question: Question,
  { number, trunks, route, inbound, ringTimeout = route?.ringTimeout }: Extract<Callee, { is: 'outside' }>,
  steps: readonly router.Step[],
): router.Verdict {
  const { request } = question;
  const party = partyOf(question);
  const shown = presentationOf(request, party);
  if ('kind' in shown) return rejection(request, shown, steps, party);
  const { failover } = route ?? {};
  const tagged: router.Step[] = [];
  const tags = tagsOf(question, { inbound, route }, tagged);
  const { groups: all, steps: more } = groupsOf(trunks, {
    ...{ request, number, shown, tags },
    ...{ failover, ringTimeout },
  });
  const known = [...steps, ...tagged, ...more];
  if (all.length === 0) {
    const blamed = route && blamedOf('Route', route, 'trunks');
    const none = refusal(trunkUnusable, 'route', 'no trunk of the route is usable', blamed);
    return rejection(request, none, known, party);
  }
  const groups = isSips(request.requestUri)
    ? all.filter(({ targets }) => targets.every(isSecuredTarget))
    : all;
  if (groups.length === 0) {
    const open = notSecured('route', 'no trunk of the route has a sips contact');
    return rejection(request, open, known, party);
  }
  if (route?.redirect) return redirect(request, groups, known, party);
  const media = mediaPolicy([party, ...trunks]);
  const isHidden = groups.some(({ targets }) => targets.some(({ outside }) => outside?.hidden));
  const callee = groups[0]!.targets[0]!.uri;
  const anchor = media.anchor || isHidden;
  return relay(question, { callee, groups, media: { ...media, anchor }, tags }, known);
}

/** The caller is to call there itself, the first one first (RFC 3261 §8.3). */
function redirect(
  request: router.Request,
  groups: readonly router.Group[],
  steps: readonly router.Step[],
  party: User | Trunk,
): router.Verdict {
  const uris = groups.flatMap(({ targets }) => targets.map(({ uri }) => uri)).slice(0, 10);
  const headers = uris.map((uri, index) => ({
    name: 'Contact',
    value: `<${uri}>;q=${(1 - index / 10).toFixed(1)}`,
  }));
  const away = refusal(callRedirected, 'route', `the caller is sent to ${uris.join(', then ')}`);
  return rejection(request, { ...away, headers }, steps, party);
}

/** Where a request goes, and with what. */
interface Way {
  /** The callee's URI. */
  readonly callee: string;
  readonly groups: readonly router.Group[];
  readonly media: router.MediaPolicy;
  readonly tags: Tags;
}

function relay(
  question: Question,
  { callee, groups, media, tags }: Way,
  steps: readonly router.Step[],
): router.Verdict {
  const { request, caller: from } = question;
  const party = partyOf(question);
  const timer = timerPolicy(question);
  if ('kind' in timer) return rejection(request, timer, steps, party);
  const caller = from.is === 'trunk' ? callerOutside(from.trunk, request) : undefined;
  const edits = [credentialsEdit(question), ...(caller?.edits ?? removed), ...timer.edits];
  const anchor = media.anchor || (caller?.hidden ?? false);
  const tenant = party.tenant.name;
  const value = {
    groups: groups.map((group) => withEdits(group, timer.edits)),
    callee,
    tenant,
    media: { ...media, anchor },
    edits,
    limits: [],
    callerCodecs: codecsOf(party),
    tags,
    responseHeaders: tagFields(party.tagHeaders, tags),
    ...(caller && { caller }),
  };
  const outside = caller ?? groups[0]!.targets[0]!.outside;
  const policy = { rule: 'policy', finding: describePolicy(anchor, outside) };
  const explanation = [
    ...steps,
    { rule: 'bindings', finding: describeGroups(groups) },
    ...(request.method === 'INVITE' ? [policy, ...describeCodecs(value)] : []),
    ...timer.steps,
  ];
  return verdict(request, { $case: 'relay', value }, explanation, party);
}

/** Who is outside has edits of its own. */
function withEdits({ targets, ringTimeout }: router.Group, more: readonly router.HeaderEdit[]): router.Group {
  const edited = targets.map((target) => {
    const { outside } = target;
    return outside ? { ...target, outside: { ...outside, edits: [...outside.edits, ...more] } } : target;
  });
  return { targets: edited, ringTimeout };
}

/** A trunk that calls. What it asserts is shown to phones where it is believed, and nobody has asked otherwise. */
function callerOutside(trunk: Trunk, request: router.Request): router.Outside {
  const { endpoint } = trunk;
  const { trusted, hideTopology: hidden = !trusted } = endpoint;
  const isAsserted = trusted && !privacyOf(request).has('id');
  const edits = removed.filter(({ name }) => !(isAsserted && name === 'P-Asserted-Identity'));
  return { hidden, trusted, from: '', to: '', edits, challenges: false, ...accountOf(trunk) };
}

function describePolicy(anchor: boolean, outside: router.Outside | undefined): string {
  const media = `media is ${anchor ? '' : 'not '}anchored`;
  if (!outside) return media;
  const { hidden, trusted } = outside;
  return `${media}; outside is ${trusted ? '' : 'not '}trusted, and ${hidden ? 'sees no topology' : 'sees the topology'}`;
}

/** `2 together, then 1, for 60 s each`. */
function describeGroups(groups: readonly router.Group[]): string {
  const sizes = groups.map(({ targets }) =>
    targets.length === 1 ? '1 target' : `${targets.length} together`,
  );
  return `${sizes.join(', then ')}, for ${groups[0]!.ringTimeout} s each`;
}
