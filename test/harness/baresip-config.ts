import type { Host } from './host.ts';
import type { SipTransport } from './softphone.ts';

/** The ports of a phone, of which there may be several on a machine. */
export interface Ports {
  readonly sip: number;
  /** That it is driven by. */
  readonly control: number;
  /** The first and the last. */
  readonly rtp: string;
}

/** The ports of the first phone on a machine, numbered 0, the second, and so on to the tenth. */
export function portsOf(seat: number): Ports {
  const rtp = 10_000 + 1000 * seat;
  // The port after that of SIP is for TLS.
  return { sip: 5060 + 2 * seat, control: 4444 + seat, rtp: `${rtp}-${rtp + 999}` };
}

export interface Account {
  readonly user: string;
  /** Of the address of record. Unset, it is the host's own address and the phone is called without a switch. */
  readonly domain?: string;
  /** Where requests go first, `address:port`. */
  readonly proxy?: string;
  readonly password?: string;
  /** What it calls itself beside its URI: one word, since baresip takes no quotes here. */
  readonly displayName?: string;
  readonly transport?: SipTransport;
  /** Over TLS: PEM files with the authority that it trusts, and with a certificate and key of its own. */
  readonly tls?: { readonly authority: string; readonly own: string };
  /** More account parameters, such as `audio_codecs=PCMA`. */
  readonly parameters?: readonly string[];
}

/** An account in the words of baresip. */
export function account(uri: string, registration: string, options: Account): string {
  const { user, password, displayName, proxy, transport = 'udp', parameters = [] } = options;
  return [
    `${displayName ? `${displayName} ` : ''}<${uri};transport=${transport}>`,
    registration,
    `auth_user=${user}`,
    ...(password ? [`auth_pass=${password}`] : []),
    ...(proxy ? [`outbound="sip:${proxy};transport=${transport}"`] : []),
    ...parameters,
  ].join(';');
}

// aubridge without a counterpart is a player that needs no sound card; sndfile records what passes it.
export function config(
  host: Host,
  ports: Ports,
  recordings: string,
  tone: string,
  tls?: Account['tls'],
): string {
  const settings = {
    sip_listen: `${host.address}:${ports.sip}`,
    ...(tls && { sip_certificate: tls.own, sip_cafile: tls.authority }),
    net_interface: 'eth0',
    rtp_ports: ports.rtp,
    ctrl_tcp_listen: `${host.address}:${ports.control}`,
    audio_source: `aufile,${tone}`,
    audio_player: 'aubridge,player',
    audio_alert: 'aubridge,alert',
    snd_path: recordings,
    module_path: '/usr/lib/baresip/modules',
    module_tmp: 'account.so',
  };
  const modules = ['g711.so', 'aufile.so', 'aubridge.so', 'sndfile.so'];
  const applications = ['menu.so', 'ctrl_tcp.so'];
  return [
    ...Object.entries(settings).map(([name, value]) => `${name} ${value}`),
    ...modules.map((name) => `module ${name}`),
    ...applications.map((name) => `module_app ${name}`),
    '',
  ].join('\n');
}
