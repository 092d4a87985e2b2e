/**
 * Whether the time of an answer tells which users there are: guesses at the password of a user and of nobody, in turn,
 * against `tandem up` over loopback. `node loadtest/secrecy.ts --guesses 5000`; as root.
 *
 * Ends with 1 when the two differ beyond chance (Mann-Whitney, four standard deviations) and by more than a twentieth.
 */
import { parseArgs } from 'node:util';
import { Network } from '../test/harness/network.ts';
import { Tandem } from '../test/harness/tandem.ts';
import { acme, domain } from '../test/wire/acme.ts';
import { Phone } from '../test/wire/phone.ts';
import { insideNamespace, say } from './measure.ts';

const { values } = parseArgs({ options: { guesses: { type: 'string', default: '5000' } } });
const guesses = Number(values.guesses);
const warmUp = 500;
const names = { known: '1001', unknown: '9001' } as const;

interface Times {
  readonly known: number[];
  readonly unknown: number[];
}

async function main(): Promise<number> {
  const network = await Network.open('secrecy');
  try {
    const host = await network.host('tandem');
    const tandem = await Tandem.start(host, acme, ['--log-level', 'error']);
    const failures = [
      await compare(network, host.address, 'REGISTER'),
      await compare(network, host.address, 'INVITE'),
    ];
    await tandem.stop();
    return failures.filter(Boolean).length;
  } finally {
    await network.close();
  }
}

/** Whether the times of a method tell who is known. */
async function compare(network: Network, remote: string, method: 'REGISTER' | 'INVITE'): Promise<boolean> {
  const line = { transport: 'udp', local: network.gateway, remote } as const;
  const phones = {
    known: await Phone.open({ user: names.known, domain, password: 'a guess' }, line),
    unknown: await Phone.open({ user: names.unknown, domain, password: 'a guess' }, line),
  };
  const times: Times = { known: [], unknown: [] };
  for (let turn = 0; turn < warmUp + guesses; turn++) {
    // Neither is always the first of its pair.
    for (const who of turn % 2 === 0 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)) {
      const ms = await guess(phones[who], method);
      if (turn >= warmUp) times[who].push(ms);
    }
  }
  for (const phone of Object.values(phones)) phone.close();
  return judge(method, times);
}

/** Milliseconds until a guess is refused. */
async function guess(phone: Phone, method: 'REGISTER' | 'INVITE'): Promise<number> {
  const uri = method === 'REGISTER' ? `sip:${domain}` : `sip:1002@${domain}`;
  const To = method === 'REGISTER' ? `<${phone.uri}>` : `<${uri}>`;
  const first = phone.request(method, uri, { To });
  const challenge = await phone.ask(first);
  const second = phone.request(method, uri, { To, ...phone.credentials(challenge, first) });
  const began = performance.now();
  await phone.ask(second);
  return performance.now() - began;
}

function judge(method: string, { known, unknown }: Times): boolean {
  const [a, b] = [median(known), median(unknown)];
  const z = mannWhitney(known, unknown);
  const differs = Math.abs(z) > 4 && Math.abs(a - b) / Math.max(a, b) > 0.05;
  say(
    `${method}, ${known.length} guesses each: median ${(a * 1000).toFixed(1)} us for a user, ${(b * 1000).toFixed(1)} us for nobody, ` +
      `z = ${z.toFixed(2)}: ${differs ? 'they differ' : 'nothing is told'}`,
  );
  return differs;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)]!;
}

/** How far the ranks of two samples are from those of one, in standard deviations. */
function mannWhitney(first: readonly number[], second: readonly number[]): number {
  const all = [...first.map((value) => ({ value, own: 1 })), ...second.map((value) => ({ value, own: 0 }))];
  all.sort((one, other) => one.value - other.value);
  const ranks = all.reduce((sum, { own }, index) => sum + own * (index + 1), 0);
  const [n, m] = [first.length, second.length];
  const u = ranks - (n * (n + 1)) / 2;
  return (u - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12);
}

if (insideNamespace()) process.exitCode = (await main()) === 0 ? 0 : 1;
