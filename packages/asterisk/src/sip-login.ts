import type { Draft } from './draft.ts';
import { transportParameter } from './fields.ts';
import type { Options } from './options.ts';
import { reasons } from './reasons.ts';
import { parseRegisterLine, type RegisterLine } from './register-line.ts';
import { isNo } from './rule.ts';
import type { Option } from './section.ts';
import type { Workshop } from './workshop.ts';

/** What we prove ourselves with to a peer, and what it says of registering with it. */
export function setPeerLogin(trunk: Draft, device: Options): void {
  const password = device.last('remotesecret') ?? device.last('secret');
  const name = device.last('defaultuser') ?? device.last('fromuser');
  if (password) {
    trunk.set('auth.username', name?.value ?? device.name, name?.place ?? device.section.place);
    trunk.set('auth.password', password.value, password.place);
    if (device.last('remotesecret')) {
      device.carry('remotesecret');
      device.leave('secret', reasons.unasked);
    } else device.carry('secret');
  }
  device.carry('defaultuser');
  device.leave('md5secret', reasons.hash);
  setCallback(trunk, device, name);
}

/** A peer with `callbackextension` is registered with, for calls to that extension. */
function setCallback(trunk: Draft, device: Options, name: Option | undefined): void {
  const extension = device.last('callbackextension');
  if (!extension) return;
  trunk.set('registration.user', name?.value ?? device.name, name?.place ?? device.section.place);
  trunk.set('registration.contactUser', extension.value, extension.place);
  device.carry('callbackextension');
}

/** How often a peer is asked whether it is there. */
export function setProbe(trunk: Draft, device: Options): void {
  const [qualify, seconds] = [device.last('qualify'), device.last('qualifyfreq')];
  const asked = qualify !== undefined && !isNo(qualify.value);
  if (asked)
    trunk.set(
      'probe.interval',
      Number(seconds?.value ?? 60),
      qualify.place,
      ...(seconds ? [seconds.place] : []),
    );
  if (asked) device.carry('qualify', 'qualifyfreq');
  for (const option of ['qualify', 'qualifyfreq']) if (!asked) device.ignore(option, 'asks for nothing');
}

/** Gives each trunk its `register => …`. */
export function readRegisterLines(general: Options, workshop: Workshop): void {
  for (const option of general.all('register')) {
    const line = parseRegisterLine(option.value);
    const trunk = line && trunkOf(line, workshop);
    if (!line) general.leaveAt(option, 'is no account at a host');
    else if (!trunk) general.leaveAt(option, `no peer that is carried over is at ${line.host}`);
    else if (trunk.get('registration.user') !== undefined)
      general.leaveAt(option, `Trunk/${trunk.name} is registered with already`);
    else setRegistration(trunk, line, option, workshop);
  }
  general.told('register');
}

/** The peer that the line names, that it registers with by name, or whose host it registers with. */
function trunkOf({ peer, host, user }: RegisterLine, workshop: Workshop): Draft | undefined {
  const named = workshop.party('SIP', peer ?? host) ?? workshop.party('SIP', host);
  if (named?.draft.kind === 'Trunk') return named.draft;
  const there = workshop.parties
    .filter(({ draft, technology }) => technology === 'SIP' && draft.kind === 'Trunk')
    .map(({ draft }) => draft)
    .filter((draft) =>
      (draft.get('contacts') as readonly string[]).some((uri) => hostOf(uri) === host.toLowerCase()),
    );
  return there.find((draft) => draft.get('auth.username') === user) ?? there[0];
}

function hostOf(uri: string): string | undefined {
  return /^sip:(\[[^\]]*\]|[^:;]*)/.exec(uri)?.[1]?.toLowerCase();
}

function setRegistration(trunk: Draft, line: RegisterLine, { place }: Option, workshop: Workshop): void {
  const { user, domain, host, port, transport, extension, expiry, secret, authUser } = line;
  trunk.set('registration.user', user, place);
  if (domain !== undefined) trunk.set('registration.domain', domain, place);
  if (workshop.party('SIP', host) === undefined) {
    const server = `sip:${host}${port === undefined ? '' : `:${port}`}${transportParameter(transport)}`;
    trunk.set('registration.server', server, place);
  }
  if (extension !== undefined) trunk.set('registration.contactUser', extension, place);
  if (expiry !== undefined) trunk.set('registration.expires', expiry, place);
  if (secret !== undefined && trunk.get('auth.password') === undefined) {
    trunk.set('auth.username', authUser ?? user, place);
    trunk.set('auth.password', secret, place);
  }
  workshop.ledger.carried(place);
}
