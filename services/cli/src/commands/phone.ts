import { readFile } from 'node:fs/promises';
import { type HostPort, parseSettings } from '@tandem/platform';
import { dtmfDigits } from '@tandem/rtp';
import { Fault, parseHostPort } from '@tandem/sip';
import { Command, InvalidArgumentError, Option } from 'commander';
import { exitCode, fail } from '../exit.ts';
import { argumentInvalid } from '../faults.ts';
import { say } from '../output.ts';
import { Phone, type PhoneOptions } from '../phone/phone.ts';
import { type ProxyAddress, parseProxyAddress, proxyAt, proxyExpected } from '../phone/proxy-address.ts';
import { announcer, type OutputFormat } from '../phone/terminal/announce.ts';
import type { CallScript } from '../phone/terminal/talk.ts';
import { answerCalls, type Desk, placeCall, stayRegistered } from '../phone/terminal/tasks.ts';
import { openSource, writeRecording } from '../phone/terminal/wav-file.ts';
import { upSettings } from '../settings.ts';
import { secondsOption } from './number.ts';

interface AccountOptions {
  readonly user: string;
  readonly domain: string;
  readonly realm?: string;
  readonly password?: string;
  readonly passwordFile?: string;
  readonly proxy?: ProxyAddress;
  readonly ca?: string;
  readonly insecure?: boolean;
  readonly listen?: Partial<HostPort>;
  readonly output: OutputFormat;
}

interface RegistrationOptions extends AccountOptions {
  readonly expires: number;
}

interface CallOptions extends AccountOptions {
  readonly play: string;
  readonly record?: string;
  readonly dtmf?: string;
  /** In seconds. */
  readonly duration?: number;
}

/** Milliseconds that the proxy may take for a first answer. */
const answerWithin = 5_000;

/** `tandem phone` */
export function phoneCommand(): Command {
  const phone = new Command('phone').description('a SIP phone: registers, calls, answers, plays and records');
  registrationOptions(subcommand(phone, 'register', 'registers, and stays so until Ctrl-C'))
    .addOption(secondsOption('--duration <seconds>', 'how long to stay registered'))
    .action((options: RegistrationOptions & CallOptions) =>
      run(options, (desk) =>
        stayRegistered(desk, { expires: options.expires, duration: milliseconds(options.duration) }),
      ),
    );
  callOptions(subcommand(phone, 'call', 'calls somebody; Ctrl-C hangs up'))
    .argument('<target>', 'whom: 1002, 1002@acme.example, or a SIP or tel URI')
    .action((target: string, options: CallOptions) => run(options, (desk) => call(desk, target, options)));
  registrationOptions(callOptions(subcommand(phone, 'answer', 'registers and answers calls until Ctrl-C')))
    .option('--once', 'end with the first call')
    .action((options: RegistrationOptions & CallOptions & { readonly once?: boolean }) =>
      run(options, (desk) => answer(desk, options)),
    );
  return phone;
}

async function call(desk: Desk, target: string, options: CallOptions): Promise<void> {
  await placeCall(desk, target, await scriptOf(options));
}

async function answer(
  desk: Desk,
  options: RegistrationOptions & CallOptions & { readonly once?: boolean },
): Promise<void> {
  const { expires, once = false } = options;
  // What cannot be played or written is told before a call comes.
  await scriptOf(options);
  await answerCalls(desk, { expires, once }, () => scriptOf(options));
}

async function scriptOf({ play, record, dtmf, duration }: CallOptions): Promise<CallScript> {
  if (record !== undefined) await writeRecording(record, { sampleRate: 8_000, samples: new Int16Array(0) });
  return { source: await openSource(play), record, dtmf, duration: milliseconds(duration) };
}

/** Opens a phone for a task, and closes it behind, also after Ctrl-C; a second Ctrl-C ends the process. */
async function run(options: AccountOptions, task: (desk: Desk) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => stop.abort());
  try {
    const phone = await openPhone(options);
    try {
      await task({ phone, announce: announcer(options.output, say), signal: stop.signal });
    } finally {
      await phone.close();
    }
  } catch (error) {
    fail(error, error instanceof Fault && error.kind === argumentInvalid ? exitCode.usage : exitCode.failed);
  }
}

async function openPhone(options: AccountOptions): Promise<Phone> {
  const { user, domain, realm, listen, proxy = defaultProxy() } = options;
  const password = await passwordOf(options);
  return Phone.open({
    account: { user, domain, password, ...(realm === undefined ? {} : { realm }) },
    proxy,
    security: await securityOf(options),
    answerWithin,
    ...(listen === undefined ? {} : { local: listen }),
  });
}

async function securityOf({ ca, insecure }: AccountOptions): Promise<PhoneOptions['security']> {
  if (ca === undefined) return { insecure };
  try {
    return { insecure, authorities: await readFile(ca, 'latin1') };
  } catch (error) {
    throw new Fault(argumentInvalid, `--ca: ${(error as Error).message}`, { cause: error });
  }
}

async function passwordOf({ password, passwordFile }: AccountOptions): Promise<string> {
  if (passwordFile === undefined) {
    if (password !== undefined) return password;
    throw new Fault(argumentInvalid, 'the password is missing: give --password or --password-file');
  }
  try {
    return (await readFile(passwordFile, 'utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    throw new Fault(argumentInvalid, `--password-file: ${(error as Error).message}`, { cause: error });
  }
}

/** The first listener of the system on this machine. */
function defaultProxy(): ProxyAddress {
  const { sipListen } = upSettings;
  const env = { [sipListen.variable]: process.env[sipListen.variable] };
  return proxyAt(parseSettings({ sipListen }, { flags: {}, env }).sipListen[0]!);
}

function subcommand(phone: Command, name: string, description: string): Command {
  return phone
    .command(name)
    .description(description)
    .requiredOption('--user <name>', 'the user part of its address')
    .option('--domain <domain>', 'the domain of its address', 'localhost')
    .option('--realm <realm>', 'the only realm whose challenges are answered (default: the domain)')
    .addOption(new Option('--password <password>', 'its password').env('TANDEM_PHONE_PASSWORD'))
    .option('--password-file <file>', 'the file that holds its password')
    .addOption(
      new Option(
        '--proxy <address>',
        'where to send requests (default: the first of TANDEM_SIP_LISTEN)',
      ).argParser((text) => orInvalid(parseProxyAddress(text), proxyExpected)),
    )
    .option('--ca <file>', 'over TLS: PEM with the authorities that may vouch for the proxy')
    .option('--insecure', 'over TLS: take any certificate')
    .addOption(
      new Option(
        '--listen <host[:port]>',
        'its own address (default: the one that leads to the proxy)',
      ).argParser((text) => orInvalid(parseHostPort(text), 'must be host or host:port')),
    )
    .addOption(new Option('-o, --output <format>').choices(['text', 'json']).default('text'));
}

function registrationOptions(command: Command): Command {
  const parse = (text: string): number =>
    orInvalid(/^[1-9][0-9]{0,5}$/.test(text) ? Number(text) : undefined, 'must be a whole number of seconds');
  return command.addOption(
    new Option('--expires <seconds>', 'how long a registration lasts').default(300).argParser(parse),
  );
}

function callOptions(command: Command): Command {
  return command
    .option('--play <source>', 'what to say: a WAV file, tone:<Hz> or silence', 'silence')
    .option('--record <file>', 'the WAV file to write what is heard to')
    .addOption(
      new Option('--dtmf <digits>', 'what to dial after the answer').argParser((text) =>
        orInvalid(/^[0-9*#A-D]+$/i.test(text) ? text : undefined, `must be of ${dtmfDigits}`),
      ),
    )
    .addOption(secondsOption('--duration <seconds>', 'hang up this long after the answer'));
}

function orInvalid<T>(value: T | undefined, problem: string): T {
  if (value === undefined) throw new InvalidArgumentError(problem);
  return value;
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1_000;
}
