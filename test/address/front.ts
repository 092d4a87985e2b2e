import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../harness/host.ts';
import { Network } from '../harness/network.ts';
import { Tandem, type Tenant } from '../harness/tandem.ts';
import { MAIN } from '../harness/tandem-process.ts';

const acme: Tenant = { name: 'acme', domains: ['acme.example'], users: [] };
/** Where a node is asked from outside, as by `kubectl port-forward`. */
const forwarded = 9090;
/** Where the doctor outside is asked. */
const asked = 9091;
/** Milliseconds that a program of ours may take to start. */
const start = 30_000;
const doctorMain = join(import.meta.dirname, 'doctor-main.ts');
const forward = `
  const { connect, createServer } = require('node:net');
  const [, host] = process.argv;
  createServer((socket) => {
    const up = connect({ host, port: 8080, localAddress: host });
    for (const each of [socket, up]) each.on('error', () => undefined);
    socket.pipe(up).pipe(socket);
  }).listen(${forwarded}, host, () => console.log('ready'));
`;

/** A system that the outside reaches by the address of a machine before it, and somebody outside. */
export class Front {
  readonly outside: Host;
  readonly box: Host;
  readonly inner: Network;
  readonly tandem: Tandem;

  private constructor(outside: Host, box: Host, inner: Network, tandem: Tandem) {
    this.outside = outside;
    this.box = box;
    this.inner = inner;
    this.tandem = tandem;
  }

  /** What is told of it is what `advertise` makes of the addresses of the machine before it and its own. */
  static async open(
    outer: Network,
    advertise: (front: string, own: string) => Readonly<Record<string, string>> = (front) => ({
      TANDEM_SIP_ADVERTISE: front,
      TANDEM_RTP_ADVERTISE: front,
    }),
  ): Promise<Front> {
    const inner = await Network.open('behind the front');
    outer.attach(() => inner.close());
    // The test process is on both sides, and must not be a way between them.
    for (const { bridge } of [outer, inner])
      await writeFile(`/proc/sys/net/ipv4/conf/${bridge}/forwarding`, '0');
    const [outside, box] = [await outer.host('outside'), await outer.host('front')];
    const gateway = inner.freeAddress();
    await box.connectTo(inner.bridge, gateway);
    const host = await inner.host('switch');
    await host.run(['ip', 'route', 'replace', 'default', 'via', gateway]);
    const own = ['--node-id', 'switch', '--rtp-listen', `${host.address}:20000-20099`];
    const tandem = await Tandem.start(host, acme, own, [], advertise(box.address, host.address));
    await host.spawn([process.execPath, '-e', forward, host.address]).line(/^ready$/, start);
    const front = new Front(outside, box, inner, tandem);
    const view = `${box.address}:${forwarded}`;
    const doctor = outside.spawn([process.execPath, doctorMain, outside.address, String(asked), view]);
    await doctor.line(/^ready$/, start);
    await front.change('echo 1 > /proc/sys/net/ipv4/ip_forward', front.leads('tcp', String(forwarded)));
    return front;
  }

  /** What leads ports of the machine before it to it. */
  leads(protocol: 'udp' | 'tcp', ports: string): string {
    return `iptables -w -t nat -A PREROUTING -i eth0 -p ${protocol} --dport ${ports} -j DNAT --to-destination ${this.tandem.host.address}`;
  }

  /** All that a good front leads on. */
  get ways(): string[] {
    return [this.leads('udp', '5060'), this.leads('tcp', '5060'), this.leads('udp', '20000:20099')];
  }

  /** Changes the machine before it. */
  async change(...script: readonly string[]): Promise<void> {
    await this.box.run(['sh', '-c', script.join(' && ')]);
  }

  /** Takes all of that back: what leads in, and what stands in the way. */
  async reset(): Promise<void> {
    await this.change(
      'iptables -w -t nat -F',
      'iptables -w -t raw -F',
      'iptables -w -F',
      this.leads('tcp', String(forwarded)),
    );
  }

  /** What a doctor outside says of what is not well, a line each. */
  async examine(target = ''): Promise<string[]> {
    const answer = await fetch(`http://${this.outside.address}:${asked}/${target}`);
    return (await answer.json()) as string[];
  }

  /** The same by the command, and the code that it ends with. */
  async command(): Promise<{ readonly code: number | null; readonly complaints: string[] }> {
    const argv = [MAIN, 'doctor', '--from', 'outside', '--http-listen', `${this.box.address}:${forwarded}`];
    const doctor = this.outside.spawn([process.execPath, ...argv]);
    const { code } = await doctor.ended(start);
    return { code, complaints: doctor.transcript.filter((line) => !/ ok {6}/.test(line)) };
  }
}
