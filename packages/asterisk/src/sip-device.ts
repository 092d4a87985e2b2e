import { hostInUri } from '@tandem/sip';
import { isAddress } from './access.ts';
import { setCodecs, sipCodecs } from './codecs.ts';
import type { Draft } from './draft.ts';
import {
  setAnchor,
  setCallerId,
  setInactivity,
  setNumber,
  setSources,
  transportParameter,
} from './fields.ts';
import type { Options } from './options.ts';
import type { Party } from './party.ts';
import { reasons } from './reasons.ts';
import { isNo } from './rule.ts';
import { setPeerLogin, setProbe } from './sip-login.ts';
import { deviceRules } from './sip-rules.ts';
import { setEndpoint, unprovenName } from './trunk-fields.ts';
import type { Workshop } from './workshop.ts';

/** Makes a user or a trunk out of a peer, a user or a friend of sip.conf. */
export function readDevice(device: Options, general: Options, workshop: Workshop): void {
  const type = device.value('type')?.toLowerCase();
  if (type === undefined) {
    device.abandon('has no type');
    return;
  }
  if (!['peer', 'user', 'friend'].includes(type)) {
    device.abandon(`is neither peer nor user nor friend, but ${type}`);
    return;
  }
  if (isOutside(device, type)) makeTrunk(device, general, workshop);
  else makeUser(device, general, workshop);
}

/** Whether calls go to an address of its own, and not where somebody has registered. */
function isOutside(device: Options, type: string): boolean {
  const host = device.value('host')?.toLowerCase();
  if (type === 'user' || host === undefined || host === 'dynamic') return false;
  const asks = device.last('secret') ?? device.last('md5secret');
  const provider = [
    'insecure',
    'fromuser',
    'fromdomain',
    'remotesecret',
    'defaultuser',
    'callbackextension',
    'outboundproxy',
  ];
  // A phone at a fixed address has a password and nothing that only a provider wants.
  return !asks || !isAddress(host) || provider.some((name) => device.last(name));
}

function contextOf(device: Options, general: Options): Party['context'] {
  const option = device.last('context') ?? general.last('context');
  device.carry('context');
  return option ? { name: option.value, place: option.place } : { name: 'default' };
}

function makeUser(device: Options, general: Options, workshop: Workshop): void {
  const [secret, hash] = [device.last('secret'), device.last('md5secret')];
  if (!secret && !hash) {
    device.abandon('has no password: nobody is let in without proof');
    return;
  }
  const user = workshop.drafts.make('User', device.name, device.section.place);
  if (!user) {
    device.abandon(`pjsip.conf has a user ${device.name} as well`);
    return;
  }
  workshop.enter('SIP', device.name, user, contextOf(device, general));
  setCredentials(user, device, general, workshop);
  setCallerId(user, device);
  // The last phone that registers is the one that rings.
  user.set('maxContacts', 1, device.section.place);
  setAnchor(user, device, 'directmedia');
  setInactivity(user, device, 'rtptimeout');
  setNumber(user, 'maxCalls', device, 'call-limit');
  setSources(user, device, device.section);
  setQualify(user, device);
  const host = device.value('host')?.toLowerCase();
  if (host !== undefined && host !== 'dynamic')
    device.leave('host', 'a user registers: let the phone register');
  device.ignore('defaultuser', 'a user is called by its name');
  setCodecs(user, device, sipCodecs(general));
  device.settle(deviceRules);
}

function setCredentials(user: Draft, device: Options, general: Options, workshop: Workshop): void {
  const [secret, hash] = [device.last('secret'), device.last('md5secret')];
  // Asterisk looks at the hash when both are there.
  if (hash) {
    user.set('credentials.ha1.MD5', hash.value, hash.place);
    workshop.hashes.push({ realm: general.value('realm') ?? 'asterisk', user: user.name, place: hash.place });
    device.carry('md5secret');
    device.ignore('secret', 'md5secret goes before it');
  } else if (secret) {
    user.set('credentials.password', secret.value, secret.place);
    device.carry('secret');
  }
}

function setQualify(user: Draft, device: Options): void {
  const [qualify, seconds] = [device.last('qualify'), device.last('qualifyfreq')];
  if (!qualify || isNo(qualify.value)) {
    device.ignore('qualify', reasons.keepAlive);
    device.ignore('qualifyfreq', 'nobody is asked');
    return;
  }
  user.set('keepAlive', Number(seconds?.value ?? 60), qualify.place, ...(seconds ? [seconds.place] : []));
  device.carry('qualify', 'qualifyfreq');
}

function makeTrunk(device: Options, general: Options, workshop: Workshop): void {
  const trunk = workshop.drafts.make(
    'Trunk',
    workshop.drafts.freeName('Trunk', device.name),
    device.section.place,
  )!;
  workshop.enter('SIP', device.name, trunk, contextOf(device, general));
  setAddress(trunk, device);
  setEndpoint(trunk, device, words, proxyOf);
  device.ignore('insecure', 'calls of a trunk are known by where they come from');
  setPeerLogin(trunk, device);
  setProbe(trunk, device);
  device.leave('call-limit', 'calls of a trunk are not counted');
  device.leaveAll('permit', 'where calls of a trunk come from is in identify.sources');
  device.leaveAll('deny', 'where calls of a trunk come from is in identify.sources');
  setCodecs(trunk, device, sipCodecs(general));
  device.settle(deviceRules);
}

function setAddress(trunk: Draft, device: Options): void {
  const host = device.last('host')!;
  const [port, transport] = [device.last('port'), device.last('transport')];
  const parameter = transportParameter(transport?.value.split(',')[0]?.trim());
  const lines = [host, port, transport].flatMap((each) => each?.place ?? []);
  trunk.add('contacts', `sip:${hostInUri(host.value)}${port ? `:${port.value}` : ''}${parameter}`, ...lines);
  device.carry('port', 'transport');
  if (isAddress(host.value)) {
    trunk.add('identify.sources', host.value, host.place);
    device.carry('host');
  } else device.leave('host', unprovenName(host.value, trunk));
}

const words = {
  fromUser: 'fromuser',
  fromDomain: 'fromdomain',
  outboundProxy: 'outboundproxy',
  trust: ['trustrpid', 'trust_id_outbound'],
  directMedia: 'directmedia',
  timeout: 'rtptimeout',
} as const;

/** `[transport://]host[:port][,force]` as a URI. */
function proxyOf(value: string): string {
  const [, transport, host = ''] = /^(?:(udp|tcp|tls):\/\/)?([^,]*)/i.exec(value) ?? [];
  const bare = /^sips?:/.test(host) ? host : `sip:${host}`;
  const uri = `${bare}${transportParameter(transport)}`;
  return /;lr\b/.test(uri) ? uri : `${uri};lr`;
}
