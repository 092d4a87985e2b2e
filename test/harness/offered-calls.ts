import type { Host } from './host.ts';
import { Sipp, type SippResult } from './sipp.ts';

/** Octets that sipp keeps of what it has not read: what is lost there is not lost by whom it calls. */
export const sippBuffer: number = 4 * 1024 * 1024;

/** Who calls whom, and how often a second, without a look at what becomes of it. */
export interface Callers {
  readonly port: number;
  readonly name: string;
  readonly password: string;
  readonly domain: string;
  readonly callee: string;
  readonly rate: number;
  readonly seconds: number;
}

/** What became of calls that were offered. */
export interface Outcome {
  readonly attempts: number;
  readonly answered: number;
  /** Told 503. */
  readonly refused: number;
  /** Those that were told something else than 503. */
  readonly otherwise: number;
  /** Nobody told them anything. */
  readonly silent: number;
}

/** Begins to place calls that may be refused. */
export function offerCalls(host: Host, proxy: string, callers: Callers): Promise<Sipp> {
  const { port, name, password, domain, callee, rate, seconds } = callers;
  return Sipp.start(host, {
    scenario: 'uac-overload',
    port,
    remote: proxy,
    calls: Math.round(rate * seconds),
    rate,
    limit: 1_000_000,
    service: callee,
    user: name,
    password,
    digestUri: `${callee}@${domain}`,
    keys: { caller: name, domain },
    options: { buff_size: sippBuffer },
    traced: false,
  });
}

/** When all of them have ended. */
export async function outcomeOf(sipp: Sipp, { seconds }: Callers): Promise<Outcome> {
  const result = await sipp.finish((seconds + 90) * 1000);
  const { statistics: said } = result;
  const [answered, refused] = [counted(result, 'answered'), counted(result, 'refused')];
  const silent =
    Number(said.get('FailedMaxUDPRetrans(C)') ?? 0) + Number(said.get('FailedTimeoutOnRecv(C)') ?? 0);
  const attempts = result.successful + result.failed;
  return { attempts, answered, refused, silent, otherwise: attempts - answered - refused - silent };
}

function counted({ statistics }: SippResult, counter: string): number {
  const column = [...statistics.keys()].find((name) => name.includes(counter) && name.endsWith('(C)'));
  return Number(statistics.get(column ?? '') ?? Number.NaN);
}
