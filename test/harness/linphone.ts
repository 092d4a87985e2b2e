import { access, copyFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Wav } from '@tandem/rtp';
import { until } from './deadline.ts';
import type { Host } from './host.ts';
import type { Process } from './process.ts';
import { readRecording } from './recording.ts';
import type { PhoneAccount, Softphone } from './softphone.ts';
import { toneFile } from './tone.ts';

/** A Linphone without a screen: says its tone, records what it hears, does what it is told. */
export class Linphone implements Softphone {
  readonly host: Host;
  readonly uri: string;
  readonly tone: number;
  answeredAt: number | undefined;
  readonly #folder: string;
  readonly #process: Process;
  #calls = 0;

  private constructor(host: Host, { user, domain, tone }: PhoneAccount, folder: string, process: Process) {
    this.host = host;
    this.uri = `sip:${user}@${domain}`;
    this.tone = tone;
    this.#folder = folder;
    this.#process = process;
  }

  /** Starts it; it begins to register by itself. */
  static async start(host: Host, account: PhoneAccount): Promise<Linphone> {
    const folder = await mkdtemp(join(tmpdir(), 'linphone-'));
    await mkdir(join(folder, '.local/share/linphone'), { recursive: true });
    await writeFile(join(folder, 'config'), config(account));
    await copyFile(await toneFile(account.tone), join(folder, 'tone.wav'));
    // It is driven by a socket in /tmp that is named by nothing but its user: each has a /tmp of its own.
    const command = 'mount --bind "$0" /tmp && exec linphonec --pipe -c /tmp/config';
    const env = { HOME: '/tmp', TMPDIR: '/tmp' };
    const process = host.spawn(['unshare', '--mount', 'sh', '-c', command, folder], { env });
    const phone = new Linphone(host, account, folder, process);
    await process.first(phone.#listening());
    await phone.#ask('soundcard use files');
    await phone.#ask('play /tmp/tone.wav');
    await phone.#record();
    return phone;
  }

  /** Waits until it is registered. */
  async register(): Promise<void> {
    let status = '';
    const isRegistered = async () => {
      status = await this.#ask('status register');
      return status.startsWith('registered, ');
    };
    await until(() => `${this.host.name}: ${status.trim()}`, isRegistered);
  }

  async unregister(): Promise<void> {
    await this.#ask('unregister');
  }

  async dial(uri: string): Promise<void> {
    this.answeredAt = undefined;
    await this.#ask(`call ${uri}`);
  }

  async incoming(): Promise<string> {
    const line = await this.#process.line(/Receiving new incoming call from /);
    this.answeredAt = undefined;
    return /sip:[^\s>,]+/.exec(line)?.[0] ?? '';
  }

  async accept(): Promise<void> {
    await this.#ask('answer');
  }

  async established(): Promise<void> {
    await this.#process.line(/Call \d+ with .* connected\./);
    this.answeredAt = performance.now();
    this.#calls += 1;
  }

  async hangup(): Promise<void> {
    await this.#ask('terminate');
    await this.closed();
  }

  async closed(): Promise<string> {
    const line = await this.#process.line(/Call \d+ with .* ended /);
    await this.#record();
    return /\((.*)\)/.exec(line)?.[1] ?? '';
  }

  async recording(): Promise<Wav> {
    return readRecording(join(this.#folder, `heard-${this.#calls}.wav`));
  }

  // Each call has a file of its own, or it would add to that of the call before; within a call it cannot be changed.
  async #record(): Promise<void> {
    await this.#ask(`record /tmp/heard-${this.#calls + 1}.wav`);
  }

  get #socket(): string {
    return join(this.#folder, `linphonec-${process.getuid?.()}`);
  }

  async #listening(): Promise<void> {
    const isThere = () =>
      access(this.#socket).then(
        () => true,
        () => false,
      );
    await until(() => this.#socket, isThere);
  }

  /** What it answers to a command of its prompt. */
  async #ask(command: string): Promise<string> {
    return text(connect(this.#socket).end(command));
  }
}

function config({ user, domain, password, proxy, transport }: PhoneAccount): string {
  const server = `<sip:${proxy};transport=${transport}>`;
  const sections = {
    sip: { sip_port: 5060, sip_tcp_port: 5060, default_proxy: 0, use_ipv6: 0 },
    proxy_0: {
      reg_proxy: server,
      reg_route: server,
      reg_identity: `sip:${user}@${domain}`,
      reg_sendregister: 1,
      reg_expires: 600,
    },
    // What it would prefer to G.711, at another rate or with less of a tone left.
    audio_codec_0: { mime: 'opus', rate: 48000, channels: 2, enabled: 0 },
    audio_codec_1: { mime: 'speex', rate: 16000, channels: 1, enabled: 0 },
    audio_codec_2: { mime: 'speex', rate: 8000, channels: 1, enabled: 0 },
    auth_info_0: { username: user, passwd: password, realm: domain, domain },
  };
  return Object.entries(sections)
    .map(([name, settings]) =>
      [`[${name}]`, ...Object.entries(settings).map((pair) => pair.join('=')), ''].join('\n'),
    )
    .join('\n');
}
