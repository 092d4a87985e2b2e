import { diagnosticsTenant, homeRealm, type Snapshot, type User } from '@tandem/resource';
import type { FirstConfiguration } from './first-configuration.ts';
import { table } from './output.ts';
import type { UpSettings } from './settings.ts';
import type { System } from './system.ts';

/** How many users are shown: a configuration may have thousands. */
const shown = 5;

/** What a start says: where it listens, who may register, and what to try next. */
export function banner(
  settings: Pick<UpSettings, 'httpListen'>,
  configuration: FirstConfiguration,
  system: Pick<System, 'snapshot'> & { readonly edge: Pick<System['edge'], 'listeners'> },
): string {
  const { listeners } = system.edge;
  const addresses = listeners.map(({ transport, advertised }) => `${transport}://${advertised}`);
  const proxy = listeners[0]?.advertised ?? '';
  const users = [...configured(system.snapshot())];
  return [
    '',
    'Tandem is running.',
    '',
    `  SIP            ${addresses.join('  ')}`,
    `  HTTP           http://${settings.httpListen.host}:${settings.httpListen.port}/metrics`,
    `  Configuration  ${configuration.folder} (watched: a change is live within a second)`,
    '',
    ...usersOf(configuration, users, proxy),
    '',
    'Try next, in another terminal:',
    '  npx -y pnpm@12.21.0 tandem doctor     places a call through this system and checks the audio',
    `  register a phone                      ${registering(users, proxy)}`,
    '',
    'Calls appear below. Ctrl-C hangs up and stops.',
    '',
    '',
  ].join('\n');
}

function* configured(snapshot: Snapshot): Iterable<User> {
  for (const user of snapshot.users()) if (user.tenant.name !== diagnosticsTenant) yield user;
}

/** Passwords are shown once, by the start that made them. */
function usersOf({ made, folder }: FirstConfiguration, users: readonly User[], proxy: string): string[] {
  if (users.length === 0) return [`  There is no user yet: add one to ${folder}.`];
  const passwords = new Map(made.map(({ name, password }) => [name, password]));
  const address = ({ name, tenant }: User) =>
    `sip:${name}@${tenant.ownAddresses ? proxy : homeRealm(tenant)}`;
  const rows = users
    .slice(0, shown)
    .map((user) => [`  ${user.name}`, address(user), passwords.get(user.name) ?? '']);
  const more = users.length - rows.length;
  return [
    ...table(['  user', 'address', made.length > 0 ? 'password' : ''], rows).split('\n'),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(made.length > 0 ? [] : ['', `  Passwords are in ${folder}.`]),
  ];
}

function registering([first, second]: readonly User[], proxy: string): string {
  const account = `user ${first?.name ?? 'NAME'}, server ${proxy}`;
  return second ? `${account}; then call ${second.name} from another` : account;
}
