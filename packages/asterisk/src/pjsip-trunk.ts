import { isAddress, parseNetwork } from './access.ts';
import type { Draft } from './draft.ts';
import { setAnchor, setInactivity, setNumber, transportParameter, trusts } from './fields.ts';
import type { Options } from './options.ts';
import { setLogin } from './pjsip-login.ts';
import type { Objects } from './pjsip-objects.ts';
import { aorRules, endpointRules, identifyRules } from './pjsip-rules.ts';
import { contextOf, type Parts } from './pjsip-user.ts';
import type { Workshop } from './workshop.ts';

/** Makes a trunk out of an endpoint with an address of its own, or that asks us for a password. */
export function makeTrunk(
  { endpoint, auths, aors, identifies }: Parts,
  objects: Objects,
  workshop: Workshop,
): void {
  const trunk = workshop.drafts.make('Trunk', workshop.trunkName(endpoint.name), endpoint.section.place);
  if (!trunk) {
    endpoint.abandon(`there is a trunk ${endpoint.name} already`);
    return;
  }
  workshop.parties.push({
    technology: 'PJSIP',
    name: endpoint.name,
    draft: trunk,
    context: contextOf(endpoint),
  });
  const transport = objects.get('transport', endpoint.value('transport') ?? '');
  for (const aor of aors) setContacts(trunk, aor, transportParameter(transport?.value('protocol')));
  if (transport) {
    endpoint.carry('transport');
    transport.carry('protocol');
  }
  for (const identify of identifies) setSources(trunk, identify, objects);
  for (const auth of auths)
    auth.abandon('calls of a trunk are known by where they come from, and not asked for a password');
  setLogin(trunk, endpoint, objects);
  setEndpoint(trunk, endpoint);
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
    else
      identify.leaveAt(
        option,
        `${word} is a name: unless a registration proves its calls, add its addresses to identify.sources of Trunk/${trunk.name}`,
      );
  }
  identify.settle(identifyRules);
}

function setEndpoint(trunk: Draft, endpoint: Options): void {
  const domain = endpoint.last('from_domain');
  if (domain) trunk.set('endpoint.fromDomain', domain.value, domain.place);
  endpoint.carry('from_domain');
  const proxy = endpoint.last('outbound_proxy');
  if (proxy) trunk.set('endpoint.outboundProxy', proxy.value, proxy.place);
  endpoint.carry('outbound_proxy');
  if (trusts(endpoint, 'trust_id_inbound', 'trust_id_outbound')) {
    trunk.set(
      'endpoint.trusted',
      true,
      endpoint.last('trust_id_inbound')!.place,
      endpoint.last('trust_id_outbound')!.place,
    );
    endpoint.carry('trust_id_inbound', 'trust_id_outbound');
  }
  setAnchor(trunk, endpoint, 'direct_media');
  setInactivity(trunk, endpoint, 'rtp_timeout');
  const user = endpoint.last('from_user');
  if (user) trunk.set('endpoint.fromUser', user.value, user.place);
  endpoint.carry('from_user');
  endpoint.leave('callerid', 'calls are shown with the number of the user who makes them');
  endpoint.settle(endpointRules);
}
