import type { FirstConfiguration } from './first-configuration.ts';
import { table } from './output.ts';
import type { UpSettings } from './settings.ts';
import type { System } from './system.ts';

/** What a start says: where it listens, who may register, and what to try next. */
export function banner(settings: UpSettings, configuration: FirstConfiguration, { edge }: System): string {
  const [first] = edge.listeners;
  const addresses = edge.listeners.map(({ transport, advertised }) => `${transport}://${advertised}`);
  const proxy = first?.advertised ?? '';
  return [
    '',
    'Tandem is running.',
    '',
    `  SIP            ${addresses.join('  ')}`,
    `  HTTP           http://${settings.httpListen.host}:${settings.httpListen.port}/metrics`,
    `  Configuration  ${configuration.folder} (watched: a change is live within a second)`,
    '',
    ...users(configuration, proxy),
    '',
    'Try next, in another terminal:',
    '  npx -y pnpm@12.21.0 tandem doctor     places a call through this system and checks the audio',
    `  register a phone                      user 1001, server ${proxy}; then call 1002 from another`,
    '',
    'Calls appear below. Ctrl-C hangs up and stops.',
    '',
    '',
  ].join('\n');
}

function users({ made, folder }: FirstConfiguration, proxy: string): string[] {
  if (made.length === 0) return [`  Users and passwords are in ${folder}.`];
  const rows = made.map(({ name, password }) => [`  ${name}`, password, `sip:${name}@${proxy}`]);
  return table(['  user', 'password', 'address'], rows).split('\n');
}
