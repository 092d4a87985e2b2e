import type { Draft } from './draft.ts';
import { setAnchor, setInactivity } from './fields.ts';
import { Options } from './options.ts';
import { formatPlace } from './place.ts';
import { reasons } from './reasons.ts';
import { isNo, isYes } from './rule.ts';
import type { Section } from './section.ts';
import { readDevice } from './sip-device.ts';
import { readRegisterLines } from './sip-login.ts';
import { generalRules, sipAliases } from './sip-rules.ts';
import type { Workshop } from './workshop.ts';

/** Makes users and trunks out of sip.conf, and gives the tenant what [general] says of all. */
export function readSip(sections: readonly Section[], workshop: Workshop, tenant: Draft): void {
  const { ledger } = workshop;
  const last = new Map(sections.map((section) => [section.name.toLowerCase(), section]));
  const general = new Options(last.get('general') ?? nothing, ledger, sipAliases);
  for (const section of sections) {
    const name = section.name.toLowerCase();
    const options = new Options(section, ledger, sipAliases);
    if (section.template) ledger.template(section);
    else if (last.get(name) !== section)
      options.abandon(`is there again at ${formatPlace(last.get(name)!.place)}`);
    else if (name === 'authentication')
      options.abandon('accounts by realm belong to trunks: set auth, with its realm, of the trunk');
    else if (name !== 'general') readDevice(options, general, workshop);
  }
  if (last.has('general')) readGeneral(general, workshop, tenant);
}

const nothing: Section = { name: 'general', place: { file: '', line: 0 }, template: false, options: [] };

function readGeneral(general: Options, workshop: Workshop, tenant: Draft): void {
  general.heading();
  for (const option of general.all('domain')) {
    workshop.domains.push({ name: option.value.split(',')[0]!.trim(), place: option.place });
  }
  general.carryAll('domain');
  general.ignore('realm', reasons.realm);
  general.carry('context');
  setAnchor(tenant, general, 'directmedia');
  setInactivity(tenant, general, 'rtptimeout');
  setExpiries(tenant, general);
  setTimer(tenant, general);
  setQualify(tenant, general);
  readRegisterLines(general, workshop);
  // Each device goes on from there.
  for (const name of ['allow', 'disallow'])
    for (const option of general.all(name)) general.ignoreAt(option, 'no device goes by it');
  for (const name of ['allow', 'disallow']) general.told(name);
  general.settle(generalRules);
}

function setExpiries(tenant: Draft, general: Options): void {
  const fields = [
    ['minexpiry', 'minExpires'],
    ['maxexpiry', 'maxExpires'],
    ['defaultexpiry', 'defaultExpires'],
  ] as const;
  for (const [name, field] of fields) {
    const option = general.last(name);
    if (option) tenant.set(`registration.${field}`, Number(option.value), option.place);
    general.carry(name);
  }
}

/** RFC 4028. Asterisk asks for a timer itself only when it is told to originate. */
function setTimer(tenant: Draft, general: Options): void {
  const mode = general.last('session-timers');
  const [expires, least] = [general.last('session-expires'), general.last('session-minse')];
  if (mode?.value.toLowerCase() === 'refuse') return;
  if (mode?.value.toLowerCase() === 'originate') {
    tenant.set(
      'sessionTimer.expires',
      Number(expires?.value ?? 1_800),
      ...[mode, expires].flatMap((each) => each?.place ?? []),
    );
    general.carry('session-timers', 'session-expires');
  } else {
    general.ignore('session-timers', 'timers that phones ask for are kept');
    general.ignore('session-expires', 'no timer is asked for');
  }
  if (least) tenant.set('sessionTimer.minExpires', Number(least.value), least.place);
  general.carry('session-minse');
}

/** How often phones are asked whether they are there. */
function setQualify(tenant: Draft, general: Options): void {
  const [qualify, seconds] = [general.last('qualify'), general.last('qualifyfreq')];
  if (!qualify || isNo(qualify.value)) {
    general.ignore('qualify', reasons.keepAlive);
    return;
  }
  if (isYes(qualify.value) || /^\d+$/.test(qualify.value)) {
    tenant.set(
      'registration.keepAlive',
      Number(seconds?.value ?? 60),
      qualify.place,
      ...(seconds ? [seconds.place] : []),
    );
    general.carry('qualify', 'qualifyfreq');
  }
}
