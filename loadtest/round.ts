import type { Host } from '../test/harness/host.ts';
import { sippBuffer } from '../test/harness/offered-calls.ts';
import { credentials, Sipp, type SippResult } from '../test/harness/sipp.ts';
import type { Tenant } from '../test/harness/tandem.ts';

const domain = 'acme.example';
const users = ['1001', '1002'].map((name) => ({ name, password: `secret-of-${name}` }));
const callerPort = 5070;
const calleePort = 5080;

/** A tenant with a user who calls and one who answers. */
export const tenant: Tenant = { name: 'acme', domains: [domain], users };

/** Registers the one who answers, who does so until it is stopped. */
export async function answerCalls(host: Host, proxy: string): Promise<Sipp> {
  const [, answering] = users;
  const register = await Sipp.start(host, {
    scenario: 'register',
    port: calleePort,
    remote: proxy,
    calls: 1,
    lines: [[answering!.name, credentials(answering!.name, answering!.password)]],
    digestUri: domain,
    keys: { domain },
  });
  await register.succeed();
  return Sipp.start(host, {
    scenario: 'uas-answer',
    port: calleePort,
    options: { buff_size: sippBuffer },
    traced: false,
  });
}

/** What calls are placed over: TCP with one connection for all, or one for each. */
export const ways = ['udp', 'tcp', 'tcp-each'] as const;
export type Way = (typeof ways)[number];

/** Places calls at a steady rate, each with a digest. */
export async function placeCalls(
  host: Host,
  proxy: string,
  { rate, seconds, way = 'udp' }: { readonly rate: number; readonly seconds: number; readonly way?: Way },
): Promise<SippResult> {
  const [calling, answering] = users;
  const sipp = await Sipp.start(host, {
    port: callerPort,
    scenario: 'uac-invite',
    remote: proxy,
    calls: rate * seconds,
    rate,
    transport: way === 'udp' ? 'udp' : 'tcp',
    socketPerCall: way === 'tcp-each',
    service: answering!.name,
    user: calling!.name,
    password: calling!.password,
    digestUri: `${answering!.name}@${domain}`,
    keys: { caller: calling!.name, domain },
    traced: false,
  });
  return sipp.finish((seconds + 60) * 1000);
}
