import type { Draft } from './draft.ts';
import { setNumber, transportParameter } from './fields.ts';
import type { Options } from './options.ts';
import type { Objects } from './pjsip-objects.ts';
import { authRules, registrationRules } from './pjsip-rules.ts';
import { reasons } from './reasons.ts';
import { isNo } from './rule.ts';

/** What we prove ourselves with to a trunk, and register with it by. */
export function setLogin(trunk: Draft, endpoint: Options, objects: Objects): void {
  const [auth, ...others] = objects.named('auth', endpoint, 'outbound_auth');
  const [registration, ...more] = registrationsOf(endpoint, objects);
  if (auth) setAuth(trunk, auth);
  for (const other of others) other.abandon(reasons.account);
  if (registration) setRegistration(trunk, registration, objects);
  for (const other of more) {
    objects.use(other);
    other.abandon('a trunk has one registration');
  }
}

/** Those that name the endpoint, or that prove themselves with the same account. */
function registrationsOf(endpoint: Options, objects: Objects): readonly Options[] {
  const account = endpoint.value('outbound_auth');
  return objects.unused('registration').filter((registration) => {
    const named = registration.value('endpoint');
    if (named !== undefined) return named === endpoint.name;
    return account !== undefined && registration.value('outbound_auth') === account;
  });
}

function setAuth(trunk: Draft, auth: Options): void {
  const [name, password, realm] = [auth.last('username'), auth.last('password'), auth.last('realm')];
  trunk.set('auth.username', name?.value ?? auth.name, name?.place ?? auth.section.place);
  if (password) trunk.set('auth.password', password.value, password.place);
  else auth.leave('md5_cred', reasons.hash);
  if (realm) trunk.set('auth.realm', realm.value, realm.place);
  auth.carry('username', 'password', 'realm');
  auth.settle(authRules);
  if (!password) trunk.drop('spec.auth');
}

function setRegistration(trunk: Draft, registration: Options, objects: Objects): void {
  objects.use(registration);
  const transport = objects.get('transport', registration.value('transport') ?? '');
  const server = registration.last('server_uri');
  const parameter = transportParameter(transport?.value('protocol'));
  if (server) {
    const uri = /[;?]/.test(server.value) ? server.value : `${server.value}${parameter}`;
    trunk.set('registration.server', uri, server.place);
  }
  setClient(trunk, registration);
  const contact = registration.last('contact_user');
  if (contact) trunk.set('registration.contactUser', contact.value, contact.place);
  setNumber(trunk, 'registration.expires', registration, 'expiration');
  setNumber(trunk, 'registration.retry', registration, 'retry_interval');
  const line = registration.last('line');
  if (line) trunk.set('registration.line', !isNo(line.value), line.place);
  registration.carry('server_uri', 'contact_user', 'line', 'endpoint', 'transport');
  const [auth, ...others] = objects.named('auth', registration, 'outbound_auth');
  if (auth && trunk.get('auth.username') === undefined) setAuth(trunk, auth);
  for (const other of others) other.abandon(reasons.account);
  registration.settle(registrationRules);
}

/** `client_uri` is the address of record. */
function setClient(trunk: Draft, registration: Options): void {
  const option = registration.last('client_uri');
  if (!option) return;
  const [, user, domain] = /^sips?:([^@;]+)@(\[[^\]]*\]|[^:;]+)/.exec(option.value) ?? [];
  if (user === undefined || domain === undefined) {
    registration.leave('client_uri', 'names nobody in a domain');
    return;
  }
  trunk.set('registration.user', user, option.place);
  trunk.set('registration.domain', domain, option.place);
  registration.carry('client_uri');
}
