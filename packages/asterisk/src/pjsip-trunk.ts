import { isAddress, parseNetwork } from './access.ts';
import { pjsipCodecs, setCodecs } from './codecs.ts';
import type { Draft } from './draft.ts';
import { setNumber, transportParameter } from './fields.ts';
import type { Options } from './options.ts';
import { setLogin } from './pjsip-login.ts';
import type { Objects } from './pjsip-objects.ts';
import { aorRules, endpointRules, identifyRules } from './pjsip-rules.ts';
import { contextOf, type Parts } from './pjsip-user.ts';
import { reasons } from './reasons.ts';
import { setEndpoint, unprovenName } from './trunk-fields.ts';
import type { Workshop } from './workshop.ts';

/** Makes a trunk out of an endpoint with an address of its own, or that asks us for a password. */
export function makeTrunk(
  { endpoint, auths, aors, identifies }: Parts,
  objects: Objects,
  workshop: Workshop,
): void {
  const trunk = workshop.drafts.make(
    'Trunk',
    workshop.drafts.freeName('Trunk', endpoint.name),
    endpoint.section.place,
  );
  if (!trunk) {
    endpoint.abandon(`there is a trunk ${endpoint.name} already`);
    return;
  }
  workshop.enter('PJSIP', endpoint.name, trunk, contextOf(endpoint));
  const transport = objects.get('transport', endpoint.value('transport') ?? '');
  for (const aor of aors) setContacts(trunk, aor, transportParameter(transport?.value('protocol')));
  if (transport) {
    endpoint.carry('transport');
    transport.carry('protocol');
  }
  for (const identify of identifies) setSources(trunk, identify, objects);
  for (const auth of auths) auth.abandon(reasons.unasked);
  setLogin(trunk, endpoint, objects);
  setEndpoint(trunk, endpoint, words);
  setCodecs(trunk, endpoint, pjsipCodecs);
  endpoint.settle(endpointRules);
}

function setContacts(trunk: Draft, aor: Options, parameter: string): void {
  for (const { word, option } of aor.words('contact')) {
    const uri = /[;?]/.test(word) ? word : `${word}${parameter}`;
    trunk.add('contacts', uri, option.place);
  }
  aor.carryAll('contact');
  setNumber(trunk, 'probe.interval', aor, 'qualify_frequency');
  aor.settle(aorRules);
}

function setSources(trunk: Draft, identify: Options, objects: Objects): void {
  objects.use(identify);
  identify.carry('endpoint');
  identify.carryAll('match');
  for (const { word, option } of identify.words('match')) {
    const network = isAddress(word.split('/')[0]!) ? parseNetwork(word) : undefined;
    if (network !== undefined) trunk.add('identify.sources', network, option.place);
    else identify.leaveAt(option, unprovenName(word, trunk));
  }
  identify.settle(identifyRules);
}

const words = {
  fromUser: 'from_user',
  fromDomain: 'from_domain',
  outboundProxy: 'outbound_proxy',
  trust: ['trust_id_inbound', 'trust_id_outbound'],
  directMedia: 'direct_media',
  timeout: 'rtp_timeout',
} as const;
