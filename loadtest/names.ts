/**
 * What calls to another domain cost while its DNS server answers, and while that is silent and all that was known of the
 * domain has expired; calls to names that nobody has looked up are among the latter. Exits with 1 when a call to the known
 * name is lost, p99 of them is more than 10 % longer than before, or a call to an unknown name takes two seconds.
 * `node loadtest/names.ts --calls 2000 --minutes 10`, by default for as long as so many calls take; as root.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DnsServer } from '../test/harness/dns-server.ts';
import type { Network } from '../test/harness/network.ts';
import { Tandem } from '../test/harness/tandem.ts';
import { acme, nextAccount } from '../test/wire/acme.ts';
import { Phone } from '../test/wire/phone.ts';
import { onNetwork } from './measure.ts';
import { call, isUnchanged, refuseAll, series, show } from './series.ts';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '2000' },
    /** For how long DNS is silent at least. */
    minutes: { type: 'string', default: '0' },
  },
});
const calls = Number(values.calls);
const silence = Number(values.minutes) * 60_000;
/** Of the calls while DNS is silent, one in so many is to a name that is not known. */
const share = 50;
const ttl = 1;
const carrierUri = 'sip:bob@carrier.example';

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
  await series(alice, carrierUri, calls);
  const before = await series(alice, carrierUri, calls);
  show('DNS answers', before);
  await dns.pause();
  await delay(ttl * 1_000);
  const { silent, unknown } = await whileSilent(alice);
  show('DNS is silent', silent);
  show('DNS is silent, unknown names', unknown);
  carrier.close();
  return isUnchanged(before, silent) && unknown.at(-1)! < 2_000 ? 0 : 1;
}

/** What calls take until DNS was silent for long enough: those to the known name, and those to others. */
async function whileSilent(alice: Phone): Promise<{ readonly silent: number[]; readonly unknown: number[] }> {
  const end = performance.now() + silence;
  const silent: number[] = [];
  const unknown: Promise<number>[] = [];
  do {
    const also = (index: number): void => {
      if (index % share === 0) unknown.push(call(alice, `sip:bob@new-${unknown.length}.example`, 500));
    };
    silent.push(...(await series(alice, carrierUri, calls, also)));
  } while (performance.now() < end);
  const ascending = (a: number, b: number): number => a - b;
  return { silent: silent.sort(ascending), unknown: (await Promise.all(unknown)).sort(ascending) };
}

await onNetwork('names', measure);
process.exit();
