import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Wav } from '@tandem/rtp';
import { type Account, account, config, portsOf } from './baresip-config.ts';
import type { Host } from './host.ts';
import { Inbox } from './inbox.ts';
import { NetstringReader, netstring } from './netstring.ts';
import type { Exit, Process } from './process.ts';
import { readRecording } from './recording.ts';
import type { Softphone } from './softphone.ts';
import { toneFile } from './tone.ts';

export interface BaresipOptions extends Account {
  /** What it says all the time, in Hz. */
  readonly tone: number;
  /** Which of the phones on its machine it is; 0 unless there are several. */
  readonly seat?: number;
}

/** What it tells on its control port: the response to a command, or an event. */
interface Notice {
  readonly token?: string;
  readonly ok?: boolean;
  readonly data?: string;
  readonly type?: string;
  readonly param?: string;
  readonly peeruri?: string;
}

/** A softphone: says its tone, records what it hears, does what it is told. */
export class Baresip implements Softphone {
  readonly host: Host;
  readonly uri: string;
  readonly tone: number;
  answeredAt: number | undefined;
  readonly #options: BaresipOptions;
  readonly #recordings: string;
  readonly #process: Process;
  readonly #control: Socket;
  readonly #inbox: Inbox<Notice>;
  #commands = 0;
  #calls = 0;
  #hasMeter = true;

  private constructor(
    host: Host,
    options: BaresipOptions,
    recordings: string,
    process: Process,
    control: Socket,
  ) {
    this.host = host;
    this.uri = `sip:${options.user}@${options.domain ?? host.address}`;
    this.tone = options.tone;
    this.#options = options;
    this.#recordings = recordings;
    this.#process = process;
    this.#control = control;
    this.#inbox = new Inbox(`${host.name}: baresip`, (notice) => JSON.stringify(notice));
    this.#listen();
  }

  /** Starts it. With a domain it does nothing until it is told to register. */
  static async start(host: Host, options: BaresipOptions): Promise<Baresip> {
    const folder = await mkdtemp(join(tmpdir(), 'baresip-'));
    const recordings = join(folder, 'recordings');
    await mkdir(recordings);
    const ports = portsOf(options.seat ?? 0);
    await writeFile(
      join(folder, 'config'),
      config(host, ports, recordings, await toneFile(options.tone), options.tls),
    );
    for (const name of ['accounts', 'contacts']) await writeFile(join(folder, name), '');
    const process = host.spawn(['baresip', '-4', '-f', folder]);
    await process.first(host.listening('tcp', ports.control));
    const control = connect(ports.control, host.address);
    await once(control, 'connect');
    const phone = new Baresip(host, options, recordings, process, control);
    if (!options.domain) await phone.#account('regint=0');
    return phone;
  }

  /** Registers, and throws the registrar's answer when that is not a success. */
  async register(): Promise<void> {
    await this.#account('regint=600');
    await this.registered();
  }

  /** Waits for the next answer to one of its registrations, and throws it when it is not a success. */
  async registered(): Promise<void> {
    const { type, param } = await this.#event('REGISTER_OK', 'REGISTER_FAIL');
    if (type === 'REGISTER_FAIL') throw new Error(`${this.host.name}: not registered: ${param}`);
  }

  /** Takes its registration back. */
  async unregister(): Promise<void> {
    await this.command('uadel', this.uri);
  }

  /** As when its battery is empty. */
  async kill(): Promise<Exit> {
    return this.#process.stop('SIGKILL');
  }

  async dial(uri: string): Promise<void> {
    this.#begin();
    await this.command('dial', uri);
  }

  /** Waits for a call to come in and returns the caller's URI. */
  async incoming(): Promise<string> {
    return (await this.#event('CALL_INCOMING')).peeruri ?? '';
  }

  /** Waits until the other side rings. */
  async ringing(): Promise<void> {
    await this.#event('CALL_RINGING');
  }

  async accept(): Promise<void> {
    await this.command('accept');
  }

  async established(): Promise<void> {
    await this.#event('CALL_ESTABLISHED');
  }

  /** Ends its call; one that only came in is refused with 486. */
  async hangup(): Promise<void> {
    await this.command('hangup');
  }

  /** Waits for the end of its call and returns the reason, such as `486 Busy Here` or `Connection reset by peer`. */
  async closed(): Promise<string> {
    return (await this.#event('CALL_CLOSED')).param ?? '';
  }

  /** Puts the other side on hold and waits until that agrees. Its recordings end here, on both sides. */
  async hold(): Promise<void> {
    await this.#renegotiate('hold');
  }

  async resume(): Promise<void> {
    await this.#renegotiate('resume');
  }

  /** Says silence instead of its tone, or its tone again. */
  async mute(): Promise<void> {
    await this.command('mute');
  }

  /** Sends telephone events, RFC 4733. */
  async sendDigits(digits: string): Promise<void> {
    await this.command('sndcode', digits);
  }

  /** The next telephone event that came. */
  async digit(): Promise<string> {
    return (await this.#event('CALL_DTMF_START')).param ?? '';
  }

  /** How many RTP packets have come in this call. */
  async received(): Promise<number> {
    const report = await this.command('audio_debug');
    return Number(/ rcvd=(\d+)/.exec(report)?.[1] ?? 0);
  }

  /** Where its audio goes, and which way it may flow, such as `sendrecv`. */
  async media(): Promise<{ readonly peer: string; readonly direction: string }> {
    const report = await this.command('audio_debug');
    return {
      peer: / remote: ([\d.]+):/.exec(report)?.[1] ?? '',
      direction: / dir=(\w+)/.exec(report)?.[1] ?? '',
    };
  }

  /** What it has heard in its last call so far. */
  async recording(): Promise<Wav> {
    const names = (await readdir(this.#recordings)).filter((name) => name.endsWith('-dec.wav'));
    return readRecording(join(this.#recordings, names.toSorted().at(-1) ?? 'none-yet.wav'));
  }

  /** Any command of its menu. */
  async command(name: string, params?: string): Promise<string> {
    const token = `${++this.#commands}`;
    this.#send({ command: name, params, token });
    const { ok, data } = await this.#inbox.take(`response to ${name}`, (notice) => notice.token === token);
    if (!ok) throw new Error(`${this.host.name}: ${name} ${params ?? ''}: ${data}`);
    return data ?? '';
  }

  // Accounts in a file would register before anybody listens to the events.
  async #account(registration: string): Promise<void> {
    await this.command('uanew', account(this.uri, registration, this.#options));
  }

  async #renegotiate(name: 'hold' | 'resume'): Promise<void> {
    this.#inbox.drain(({ type }) => type === 'CALL_REMOTE_SDP');
    await this.command(name);
    await this.#event('CALL_REMOTE_SDP');
  }

  #event(...types: readonly string[]): Promise<Notice> {
    return this.#inbox.take(types.join(' or '), ({ type }) => types.includes(type ?? ''));
  }

  #listen(): void {
    const reader = new NetstringReader();
    this.#control.on('data', (chunk) => {
      for (const message of reader.read(chunk)) this.#notice(JSON.parse(message) as Notice);
    });
    this.#control.on('error', () => undefined);
    this.#control.on('close', () => this.#inbox.close('its control port closed'));
  }

  #notice(notice: Notice): void {
    if (notice.type === 'CALL_INCOMING') this.#begin();
    if (notice.type === 'CALL_ESTABLISHED') this.#answered();
    if (notice.type === 'CALL_CLOSED') this.#calls -= 1;
    this.#inbox.put(notice);
  }

  #answered(): void {
    // Its meter, which it knows how to turn off in a call only, would drown all else that it prints.
    if (this.#hasMeter) this.#send({ command: 'statmode' });
    this.#hasMeter = false;
    this.answeredAt = performance.now();
  }

  #send(command: object): void {
    this.#control.write(netstring(JSON.stringify(command)));
  }

  // What nobody asked for of calls that are over must not answer a question about the next.
  #begin(): void {
    if (this.#calls === 0) {
      this.#inbox.drain();
      this.answeredAt = undefined;
    }
    this.#calls += 1;
  }
}

/** Calls without a switch or through one, and waits until both sides are in the call. */
export async function connectPhones(caller: Softphone, callee: Softphone): Promise<void> {
  await caller.dial(callee.uri);
  await callee.incoming();
  await callee.accept();
  await Promise.all([caller.established(), callee.established()]);
}
