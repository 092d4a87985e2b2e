import { pjsipCodecs, setCodecs } from './codecs.ts';
import type { Draft } from './draft.ts';
import { setAnchor, setCallerId, setInactivity, setNumber, setSources } from './fields.ts';
import type { Options } from './options.ts';
import type { Objects } from './pjsip-objects.ts';
import { aorRules, authRules, endpointRules } from './pjsip-rules.ts';
import { reasons } from './reasons.ts';
import { isNo, isYes } from './rule.ts';
import type { Workshop } from './workshop.ts';

/** An endpoint with what belongs to it. */
export interface Parts {
  readonly endpoint: Options;
  readonly auths: readonly Options[];
  readonly aors: readonly Options[];
  readonly identifies: readonly Options[];
}

/** Makes a user out of an endpoint that registers and proves who it is. */
export function makeUser(
  { endpoint, auths, aors, identifies }: Parts,
  objects: Objects,
  workshop: Workshop,
): void {
  const user = workshop.drafts.make('User', endpoint.name, endpoint.section.place);
  if (!user) {
    endpoint.abandon(`there is a user ${endpoint.name} already`);
    return;
  }
  workshop.enter('PJSIP', endpoint.name, user, contextOf(endpoint));
  setEndpoint(user, endpoint);
  setAuth(user, auths[0]!, objects, workshop);
  for (const auth of auths.slice(1)) auth.abandon('a user has one password');
  for (const aor of aors) setAor(user, aor, workshop);
  for (const identify of identifies) {
    objects.use(identify);
    identify.abandon('a user is known by its password, wherever it calls from');
  }
}

/** Where calls of an endpoint enter the dialplan. */
export function contextOf(endpoint: Options): { name: string; place?: Options['section']['place'] } {
  const option = endpoint.last('context');
  endpoint.carry('context');
  return option ? { name: option.value, place: option.place } : { name: 'default' };
}

function setEndpoint(user: Draft, endpoint: Options): void {
  setCallerId(user, endpoint);
  setAnchor(user, endpoint, 'direct_media');
  setInactivity(user, endpoint, 'rtp_timeout');
  setSources(user, endpoint, endpoint.section);
  endpoint.ignore('transport', reasons.transport);
  setCodecs(user, endpoint, pjsipCodecs);
  endpoint.settle(endpointRules);
}

function setAuth(user: Draft, auth: Options, objects: Objects, workshop: Workshop): void {
  const [password, hash, name] = [auth.last('password'), auth.last('md5_cred'), auth.last('username')];
  if (name && name.value !== user.name) user.add('aliases', name.value, name.place);
  auth.carry('username');
  if (password) {
    user.set('credentials.password', password.value, password.place);
    auth.carry('password');
    auth.ignore('md5_cred', 'the password is there');
  } else if (hash && name && name.value !== user.name) {
    auth.leave('md5_cred', `holds for ${name.value}, not for ${user.name}: set a password`);
  } else if (hash) {
    const realm = auth.value('realm') ?? objects.of('global')[0]?.value('default_realm') ?? 'asterisk';
    user.set('credentials.ha1.MD5', hash.value, hash.place);
    workshop.hashes.push({ realm, user: user.name, place: hash.place });
    auth.carry('md5_cred', 'realm');
  }
  auth.settle(authRules);
}

function setAor(user: Draft, aor: Options, workshop: Workshop): void {
  if (aor.name !== user.name) user.add('aliases', aor.name, aor.section.place);
  setContacts(user, aor);
  if (isNo(aor.value('qualify_frequency') ?? '')) aor.ignore('qualify_frequency', reasons.keepAlive);
  else setNumber(user, 'keepAlive', aor, 'qualify_frequency');
  for (const [name, field] of bounds) {
    const option = aor.last(name);
    if (!option) continue;
    workshop.consensus.say(`registration.${field}`, Number(option.value), option.place);
    aor.told(name);
  }
  aor.settle(aorRules);
}

const bounds = [
  ['minimum_expiration', 'minExpires'],
  ['maximum_expiration', 'maxExpires'],
  ['default_expiration', 'defaultExpires'],
] as const;

/** How many phones there may be, and what becomes of one more. */
function setContacts(user: Draft, aor: Options): void {
  const [most, remove] = [aor.last('max_contacts'), aor.last('remove_existing')];
  if (!most) {
    aor.ignore('remove_existing', 'there is no max_contacts');
    return;
  }
  setNumber(user, 'maxContacts', aor, 'max_contacts');
  const replaces = isYes(remove?.value ?? '');
  user.set('maxContactsPolicy', replaces ? 'replace' : 'reject', remove?.place ?? most.place);
  aor.carry('remove_existing');
}
