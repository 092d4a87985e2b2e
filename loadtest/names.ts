/**
 * What calls to another domain cost while its DNS server answers, and while that is silent and all that was known of the
 * domain has expired; calls to names that nobody has looked up are among the latter. Exits with 1 when a call to the known
 * name is lost, or one to an unknown name takes two seconds. `node loadtest/names.ts --calls 2000`; as root.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DnsServer } from '../test/harness/dns-server.ts';
import { Network } from '../test/harness/network.ts';
import { Tandem } from '../test/harness/tandem.ts';
import { acme, nextAccount } from '../test/wire/acme.ts';
import { Phone } from '../test/wire/phone.ts';
import { statusOf } from '../test/wire/reply.ts';
import { insideNamespace, say } from './measure.ts';

const { values } = parseArgs({ options: { calls: { type: 'string', default: '2000' } } });
const calls = Number(values.calls);
/** Of the calls while DNS is silent, one in so many is to a name that is not known. */
const share = 50;
const ttl = 1;

/** Calls, waits for the final response and returns the milliseconds until then. */
async function call(alice: Phone, name: string, expected: number): Promise<number> {
  const began = performance.now();
  const invite = alice.offer(`sip:bob@${name}.example`);
  alice.send(invite);
  const status = statusOf(await alice.final(invite));
  if (status !== expected) throw new Error(`a call to ${name}.example met ${status}`);
  return performance.now() - began;
}

async function refuseAll(carrier: Phone): Promise<void> {
  for (;;) {
    const invite = await carrier.wire.receive('INVITE', undefined, 60_000);
    carrier.reply(invite, '486 Busy Here');
  }
}

async function round(alice: Phone, also: (index: number) => void = () => {}): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < calls; index++) {
    also(index);
    times.push(await call(alice, 'carrier', 486));
  }
  return times.sort((a, b) => a - b);
}

function show(what: string, times: readonly number[]): void {
  const at = (part: number): string => times[Math.floor((times.length - 1) * part)]!.toFixed(1);
  say(`${what}: ${times.length} calls, median ${at(0.5)} ms, p99 ${at(0.99)} ms, slowest ${at(1)} ms`);
}

async function measure(network: Network): Promise<number> {
  const host = await network.host('tandem');
  const line = { local: network.gateway, remote: host.address };
  const carrier = await Phone.open(nextAccount(), { ...line, transport: 'udp' });
  const port = carrier.wire.local.split(':')[1];
  const records = [`host A ${network.gateway}`, `_sip._udp.carrier SRV 1 1 ${port} host`];
  const dns = await DnsServer.start({ host: network.gateway, records, ttl });
  network.attach(() => dns.close());
  const flags = ['--dns-servers', `${dns.host}:${dns.port}`, '--log-level', 'error'];
  await Tandem.start(host, { ...acme, callsToOtherDomains: true }, flags);
  const alice = await Phone.open(nextAccount(), { ...line, transport: 'tcp' });
  await alice.register();
  void refuseAll(carrier).catch(() => {});
  await round(alice);
  show('DNS answers', await round(alice));
  await dns.pause();
  await delay(ttl * 1_000);
  const unknown: Promise<number>[] = [];
  const silent = await round(alice, (index) => {
    if (index % share === 0) unknown.push(call(alice, `new-${index}`, 500));
  });
  show('DNS is silent', silent);
  const failures = (await Promise.all(unknown)).sort((a, b) => a - b);
  show('DNS is silent, unknown names', failures);
  carrier.close();
  return failures.at(-1)! < 2_000 ? 0 : 1;
}

async function main(): Promise<number> {
  const network = await Network.open('names');
  try {
    return await measure(network);
  } finally {
    await network.close();
  }
}

if (insideNamespace()) {
  process.exitCode = await main();
  process.exit();
}
