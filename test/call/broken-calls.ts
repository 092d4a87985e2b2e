import { createSocket, type Socket } from 'node:dgram';
import type { TraceBatch } from '@tandem/platform';
import { writeHeader } from '@tandem/rtp';
import { type CallStory, storyOf } from '../../services/cli/src/calls/story.ts';
import { until } from '../harness/deadline.ts';
import type { Host } from '../harness/host.ts';
import type { Message } from '../harness/message.ts';
import type { Network } from '../harness/network.ts';
import type { Process } from '../harness/process.ts';
import { credentials, Sipp } from '../harness/sipp.ts';
import { Dialog } from '../wire/dialog.ts';
import { type Account, Phone, sdp } from '../wire/phone.ts';
import { replies, request, type Step, script } from '../wire/sipp-script.ts';
import { acme, domain, Office, passwordOf, uriOf } from './office.ts';

/** Where the trunks of a provider are, each with a fault of its own: its port, and what it does with a call. */
const portOf = (index: number): number => 5_100 + 2 * index;
const numberOf = (index: number): string => `+346000000${String(index).padStart(2, '0')}`;

const challenge = ['WWW-Authenticate: Digest realm="carrier.example", nonce="1", algorithm=MD5, qop="auth"'];
const refuse = (status: string, ...headers: string[]): Step[] => [
  request('INVITE'),
  replies(status, headers),
  request('ACK'),
];
const auth = { username: 'acct', password: 'wrong', realm: 'carrier.example' };

/** A trunk that breaks calls. */
interface BrokenTrunk {
  readonly spec?: object;
  /** What stands behind its contact; nothing where it is not there. */
  readonly steps?: readonly Step[];
  readonly scenario?: string;
  /** Behind `sip:`, unless it is at its port. */
  readonly contact?: (address: string, port: number) => string;
}

const answerPcmu = replies(
  '488 Not Acceptable Here',
  ['Warning: 305 c.example "formats"'],
  'with description',
);

const trunks: Readonly<Record<string, BrokenTrunk>> = {
  loops401: {
    spec: { auth },
    steps: [...refuse('401 Unauthorized', ...challenge), ...refuse('401 Unauthorized', ...challenge)],
  },
  forbids401: {
    spec: { auth },
    steps: [...refuse('401 Unauthorized', ...challenge), ...refuse('403 Forbidden')],
  },
  warns: { steps: refuse('403 Forbidden', 'Warning: 399 carrier.example "Caller ID is not assigned"') },
  reasons: { steps: refuse('403 Forbidden', 'Reason: SIP;cause=403;text="Destination not permitted"') },
  forbids: { steps: refuse('403 Forbidden') },
  codecs: { steps: [request('INVITE'), answerPcmu, request('ACK')] },
  crypto: { steps: [request('INVITE'), answerPcmu, request('ACK')] },
  unallocated: { steps: refuse('404 Not Found', 'Reason: Q.850;cause=1;text="Unallocated number"') },
  congested: { steps: refuse('503 Service Unavailable', 'Retry-After: 30') },
  circuits: { steps: refuse('480 Temporarily Unavailable', 'Reason: Q.850;cause=34;text="No circuit"') },
  outage: {
    steps: refuse('500 Server Internal Error', 'Reason: Q.850;cause=38;text="Network out of order"'),
  },
  loops: { steps: refuse('483 Too Many Hops') },
  extension: { steps: refuse('420 Bad Extension', 'Unsupported: foo') },
  closed: { contact: (address, port) => `${address}:${port};transport=tcp` },
  silent: { spec: { endpoint: { ringTimeout: 1 } } },
  nowhere: { contact: () => 'carrier.invalid' },
  full: { spec: { endpoint: { maxCalls: 1 } }, scenario: 'uas-ring-only' },
  narrow: { spec: { endpoint: { codecs: ['G729'] } } },
  classed: {},
};

const names = Object.keys(trunks);

/** The number that leads to a trunk. */
export function numberTo(name: string): string {
  return uriOf(numberOf(names.indexOf(name)));
}

/** An office whose every trunk is broken in a way of its own, and whose phones do what a test says. */
export class BrokenOffice {
  readonly office: Office;
  readonly network: Network;
  readonly hosts: Hosts;
  readonly elsewhere: Sipp;
  readonly #phones: Phone[] = [];
  readonly #speakers: Speaker[] = [];
  #told: Process | undefined;

  private constructor(parts: Pick<BrokenOffice, 'office' | 'network' | 'hosts' | 'elsewhere'>) {
    this.office = parts.office;
    this.network = parts.network;
    this.hosts = parts.hosts;
    this.elsewhere = parts.elsewhere;
  }

  static async open(network: Network): Promise<BrokenOffice> {
    const hosts = await machines(network);
    const { elsewhere, provider } = hosts;
    const { address } = provider;
    const contactOf = (name: string, index: number): string => {
      const { contact } = trunks[name]!;
      return `sip:${contact?.(address, portOf(index)) ?? `${address}:${portOf(index)}`}`;
    };
    const Trunk = Object.fromEntries(
      names.map((name, index) => {
        const { spec = {} } = trunks[name]!;
        return [name, { contacts: [contactOf(name, index)], ...spec }];
      }),
    );
    const inbound = {
      identify: { sources: [address] },
      endpoint: { didFrom: 'To', didPattern: '^<sip:(\\+?[0-9]+)@' },
    };
    const Route = Object.fromEntries(
      names.map((name, index) => [
        `to-${name}`,
        {
          match: { prefix: numberOf(index) },
          trunks: [name],
          ...(name === 'classed' && { class: 'abroad' }),
        },
      ]),
    );
    const numbers = { '+34911000001': { destination: { user: '1002' } } };
    const more = Array.from({ length: 20 }, (_, index) => [`${1_011 + index}`, {}]);
    const users = {
      ...{ 1001: {}, 1002: {}, 1003: {}, 1004: { enabled: false }, 1005: { classes: [] } },
      ...Object.fromEntries(more),
    };
    const tenant = acme(users, {
      callsToOtherDomains: true,
      dialPlan: { countryCode: '34', nationalLengths: [9], localLengths: [7] },
      more: { Trunk: { ...Trunk, inbound }, Route, Number: numbers },
    });
    const office = await Office.open(network, tenant, () => ['--sip-shedding', 'off']);
    const silent = `${portOf(names.indexOf('silent'))}`;
    await provider.run(['iptables', '-A', 'INPUT', '-p', 'udp', '--dport', silent, '-j', 'DROP']);
    const challenging = ['Proxy-Authenticate: Digest realm="elsewhere", nonce="1", algorithm=MD5'];
    const steps = refuse('407 Proxy Authentication Required', ...challenging);
    const [heard] = await Promise.all([
      start(elsewhere, 'elsewhere', steps, 5_060),
      ...names.flatMap((name, index) => {
        const { scenario, steps: own } = trunks[name]!;
        if (scenario) return [Sipp.start(provider, { scenario, port: portOf(index), calls: 1 })];
        return own ? [start(provider, name, own, portOf(index))] : [];
      }),
    ]);
    return new BrokenOffice({ office, network, hosts, elsewhere: heard });
  }

  /** A phone of a user, which has not registered. */
  async phone(user: string, password: string = passwordOf(user)): Promise<Phone> {
    return this.#open({ user, domain, password }, this.network.gateway);
  }

  /** One that has. */
  async registered(user: string): Promise<Phone> {
    const phone = await this.phone(user);
    await phone.register();
    return phone;
  }

  /** A call that comes to its end unanswered; returns its Call-ID. */
  async fails(phone: Phone, uri: string, headers = {}, body: string = offer('RTP/AVP 0')): Promise<string> {
    const invite = await phone.invite(uri, headers, body);
    return this.ends(phone, invite);
  }

  /** A call that is not challenged, to its end. */
  async refused(phone: Phone, uri: string, headers = {}): Promise<string> {
    const invite = phone.offer(uri, headers, offer('RTP/AVP 0'));
    phone.send(invite);
    return this.ends(phone, invite);
  }

  async ends(phone: Phone, invite: Message): Promise<string> {
    const final = await phone.final(invite);
    phone.acknowledge(invite, final);
    return invite.header('Call-ID');
  }

  /** A call that is refused while another one to the same number rings. */
  async fills(uri: string): Promise<string> {
    const phone = await this.phone('1001');
    const first = await phone.invite(uri);
    await phone.response(first, 180);
    const callId = await this.fails(await this.phone('1001'), uri);
    await phone.ask(phone.cancel(first));
    await this.ends(phone, first);
    return callId;
  }

  /** A call of somebody who does not know the password. */
  async guesses(user: string, uri: string): Promise<string> {
    return this.fails(await this.phone(user, 'guessed'), uri);
  }

  /** A call to an address that is nobody's here. */
  async leaves(user: string): Promise<string> {
    return this.fails(await this.phone(user), `sip:somebody@${this.hosts.elsewhere.address}`);
  }

  /** A call from another machine, which writes the number into To. */
  async comes(from: keyof Hosts, called: string): Promise<string> {
    const remote = this.office.tandem.proxy;
    const keys = { called, header: 'Subject: a call' };
    const options = { scenario: 'uac-trunk', remote, service: '34911000001', keys, calls: 1 };
    const { trace } = await (await Sipp.start(this.hosts[from], options)).finish();
    return trace[0]!.message.header('Call-ID');
  }

  /** A call that a phone answers so. */
  async isAnswered(user: string, status: string): Promise<string> {
    const [phone, callee] = [await this.phone('1001'), await this.registered(user)];
    const invite = await phone.invite(callee.uri);
    await callee.answer('INVITE', status);
    return this.ends(phone, invite);
  }

  /** A call that is given up while it rings. */
  async isGivenUp(user: string): Promise<string> {
    const [phone, callee] = [await this.phone('1001'), await this.registered(user)];
    const invite = await phone.invite(callee.uri);
    const asked = await callee.answer('INVITE', '180 Ringing');
    await phone.response(invite, 180);
    await phone.ask(phone.cancel(invite));
    await callee.answer('CANCEL');
    callee.reply(asked, '487 Request Terminated');
    return this.ends(phone, invite);
  }

  /** So many calls of a user to another one, each of which is answered and hung up on. */
  async talksWell(calls: number, rate: number): Promise<void> {
    const { office, hosts } = this;
    await office.bind(hosts.desk, '1002');
    const callee = await Sipp.start(hosts.desk, { scenario: 'uas-answer', calls, traced: false });
    const caller = await Sipp.start(hosts.phones, {
      scenario: 'uac-pairs',
      remote: office.tandem.proxy,
      keys: { domain },
      lines: [['1002', '1001', credentials('1001', passwordOf('1001'))]],
      ...{ calls, rate, traced: false },
    });
    await Promise.all([caller.succeed(60_000), callee.succeed(60_000)]);
  }

  /** A call between two phones that speak from these ports. */
  async talks(
    from: string,
    to: string,
    { callee, caller }: Readonly<Record<'caller' | 'callee', Speech>>,
  ): Promise<string> {
    for (const { dropped, says } of [caller, callee]) if (dropped) await this.#drop(says);
    const [alice, bob] = [await this.phone(from), await this.registered(to)];
    const invite = await alice.invite(bob.uri, {}, this.#describe(caller));
    const asked = await bob.answer('INVITE', '200 OK', sdp, this.#describe(callee));
    const answer = await alice.final(invite);
    Dialog.ofCaller(alice, answer).acknowledge();
    await bob.wire.receive('ACK');
    await this.#speak(caller, answer);
    await this.#speak(callee, asked);
    return invite.header('Call-ID');
  }

  /** Keeps what is told of calls from now on. */
  async listen(): Promise<void> {
    this.#told = this.office.tandem.run('trace', '--follow', '-o', 'json');
    await this.#told.line(/as they happen/);
  }

  /** What is known of a call, once that is enough. */
  async story(callId: string, isEnough: (story: CallStory) => boolean): Promise<CallStory> {
    let story = storyOf([]);
    const read = async (): Promise<boolean> => {
      const told = this.#told!.transcript.filter((line) => line.startsWith('{') && line.includes(callId));
      story = storyOf(told.map((line) => JSON.parse(line) as TraceBatch));
      return isEnough(story);
    };
    await until(() => `enough of ${callId}, not only ${JSON.stringify(story)}`, read, 20_000);
    return story;
  }

  /** An object by the name of its machine. */
  named(object: string): string {
    const machines = [...Object.values(this.hosts), { name: 'gateway', address: this.network.gateway }];
    const machine = machines.find(({ address }) => object.startsWith(`Peer/${address}`));
    return machine ? object.replace(machine.address, machine.name) : object;
  }

  /** What was sent to an address that is nobody's here. */
  async heardElsewhere(): Promise<string> {
    return (await this.elsewhere.finish()).messages;
  }

  close(): void {
    for (const phone of this.#phones) phone.close();
    for (const speaker of this.#speakers) speaker.stop();
  }

  /** Nothing that comes from this port gets to a media worker. */
  async #drop(port: number): Promise<void> {
    const { host } = this.office.tandem;
    await host.run(['iptables', '-w', '-A', 'INPUT', '-p', 'udp', '--sport', `${port}`, '-j', 'DROP']);
  }

  #describe({ says }: Speech): string {
    return offer('RTP/AVP 0', this.network.gateway, says);
  }

  async #speak({ says, port = says }: Speech, heard: Message): Promise<void> {
    const to = Number(/^m=audio (\d+)/m.exec(heard.body)?.[1]);
    const host = /^c=IN IP4 (\S+)/m.exec(heard.body)![1]!;
    this.#speakers.push(await Speaker.start(this.network.gateway, port, { host, port: to }));
  }

  async #open(account: Account, local: string): Promise<Phone> {
    const remote = this.office.tandem.host.address;
    const phone = await Phone.open(account, { transport: 'udp', local, remote });
    this.#phones.push(phone);
    return phone;
  }
}

/** Machines besides those of trunks, by what they are for. */
type Hosts = Readonly<Record<(typeof purposes)[number], Host>>;

const purposes = ['provider', 'elsewhere', 'stranger', 'phones', 'desk'] as const;

async function machines(network: Network): Promise<Hosts> {
  const all = await Promise.all(purposes.map(async (name) => [name, await network.host(name)] as const));
  return Object.fromEntries(all) as Hosts;
}

/** From where somebody says that it speaks, and from where it does. */
interface Speech {
  readonly says: number;
  readonly port?: number;
  /** Nothing of it arrives. */
  readonly dropped?: boolean;
}

async function start(host: Host, name: string, steps: readonly Step[], port: number): Promise<Sipp> {
  return Sipp.start(host, { scenario: await script(name, steps), port, calls: 1 });
}

/** An offer of one stream, such as `RTP/AVP 0 8`. */
export function offer(formats: string, host = '127.0.0.1', port = 4_000): string {
  const lines = [
    'v=0',
    `o=- 1 1 IN IP4 ${host}`,
    's=-',
    `c=IN IP4 ${host}`,
    't=0 0',
    `m=audio ${port} ${formats}`,
  ];
  return [...lines, ''].join('\r\n');
}

/** An RTP packet each 20 ms, from one port. */
class Speaker {
  readonly #socket: Socket;
  readonly #timer: NodeJS.Timeout;

  private constructor(socket: Socket, to: { readonly host: string; readonly port: number }) {
    const packet = Buffer.alloc(172);
    let sequence = 0;
    this.#socket = socket;
    this.#timer = setInterval(() => {
      sequence++;
      writeHeader(packet, 0, { payloadType: 0, marker: false, sequence, timestamp: sequence * 160, ssrc: 7 });
      socket.send(packet, to.port, to.host);
    }, 20);
  }

  static async start(
    host: string,
    port: number,
    to: { readonly host: string; readonly port: number },
  ): Promise<Speaker> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(port, host, resolve));
    return new Speaker(socket, to);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#socket.close();
  }
}
