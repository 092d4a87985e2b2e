import type { Options } from './options.ts';
import { Objects } from './pjsip-objects.ts';
import { globalRules, otherTypes, transportRules } from './pjsip-rules.ts';
import { makeTrunk } from './pjsip-trunk.ts';
import { makeUser } from './pjsip-user.ts';
import { reasons } from './reasons.ts';
import type { Section } from './section.ts';
import type { Workshop } from './workshop.ts';

/** Makes users and trunks out of pjsip.conf. */
export function readPjsip(sections: readonly Section[], workshop: Workshop): void {
  const objects = new Objects(sections, workshop.ledger);
  for (const endpoint of objects.of('endpoint')) readEndpoint(endpoint, objects, workshop);
  for (const object of objects.of('domain_alias')) readDomain(object, workshop);
  for (const type of ['global', 'system']) for (const object of objects.of(type)) settle(object, globalRules);
  for (const object of objects.of('transport')) settle(object, transportRules);
  for (const type of ['auth', 'aor', 'identify', 'registration']) {
    for (const object of objects.unused(type)) object.abandon('no endpoint that is carried over uses it');
  }
  leaveOthers(objects);
}

function settle(object: Options, rules: typeof globalRules): void {
  object.heading();
  object.settle(rules);
}

function readEndpoint(endpoint: Options, objects: Objects, workshop: Workshop): void {
  const auths = objects.named('auth', endpoint, 'auth');
  const aors = objects.named('aor', endpoint, 'aors');
  const identifies = objects.of('identify').filter((each) => each.value('endpoint') === endpoint.name);
  const fixed = aors.some((aor) => aor.last('contact'));
  const parts = { endpoint, auths, aors, identifies };
  const outside =
    endpoint.last('outbound_auth') !== undefined || (auths.length === 0 && (fixed || identifies.length > 0));
  if (outside) {
    makeTrunk(parts, objects, workshop);
    return;
  }
  if (auths.length > 0) {
    makeUser(parts, objects, workshop);
    return;
  }
  const reason = 'has neither a password nor an address: nobody is let in without proof';
  for (const part of [endpoint, ...aors]) part.abandon(reason);
}

/** Further names of the domain. */
function readDomain(object: Options, workshop: Workshop): void {
  const option = object.last('domain');
  object.heading();
  object.ignore('type', reasons.section);
  object.carry('domain');
  if (option) workshop.domains.push({ name: option.value, place: option.place });
  object.settle(new Map());
}

function leaveOthers(objects: Objects): void {
  for (const [type, reason] of otherTypes) for (const object of objects.of(type)) object.abandon(reason);
  for (const type of objects.types()) {
    const known = [
      ...otherTypes.keys(),
      'endpoint',
      'auth',
      'aor',
      'identify',
      'registration',
      'transport',
      'global',
      'system',
      'domain_alias',
    ];
    if (known.includes(type)) continue;
    for (const object of objects.of(type)) object.abandon(`${type} is no type that is known`);
  }
}
