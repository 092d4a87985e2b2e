import type { HostPort } from '@tandem/platform';
import type { Diagnostics } from '@tandem/resource';
import { Fault } from '@tandem/sip';
import { Phone } from '../phone/phone.ts';
import { formatProxyAddress, type ProxyAddress } from '../phone/proxy-address.ts';
import { nodesOf, rtpAddresses, rtpCheck, sipCheck, streamsFirst } from './address/address-checks.ts';
import type { ClusterView, MemberView } from './address/cluster-view.ts';
import { tryFromPod } from './address/from-pod.ts';
import { tierCheck } from './address/tier-check.ts';
import { kindsOfAddress, type Vantage } from './address/vantage.ts';
import { callChecks } from './call-checks.ts';
import { type Result, runChecks } from './check.ts';
import { Conversation } from './conversation.ts';
import { dnsChecks, type NameService } from './dns-checks.ts';
import { systemSilent } from './faults.ts';
import { httpChecks } from './http-checks.ts';
import type { LeadingService } from './service/service.ts';
import { serviceChecks } from './service/service-checks.ts';

/** A running system, as far as the doctor knows it. */
interface Patient {
  /** Where SIP is spoken; a call goes through each. */
  readonly targets: readonly ProxyAddress[];
  readonly http: HostPort;
  /** Who the edge asks for names. */
  readonly names: NameService;
  /** The users of the test call. */
  readonly diagnostics: Diagnostics;
}

/** A result with what it is about: `udp`, `tcp`, `dns` or `http`. */
export type Examined = Result & { readonly on: string };

/** Milliseconds that a system may take to show that it is there. */
const lifeSign = 2_000;

/** Throws `system-silent` unless one of the addresses answers SIP, whatever it says. */
export async function findLife(targets: readonly ProxyAddress[]): Promise<void> {
  const answers = await Promise.all(targets.map(isAlive));
  if (answers.includes(true)) return;
  const names = targets.map(formatProxyAddress).join(' or ');
  throw new Fault(systemSilent, `nothing answers at ${names}; start a system with \`tandem up\``);
}

/** Examines all there is, and tells of each result as soon as it is there. */
export async function* examine({ targets, http, names, diagnostics }: Patient): AsyncGenerator<Examined> {
  for (const target of targets) {
    const conversation = await Conversation.open(target, diagnostics);
    try {
      yield* about(target.transport, runChecks(callChecks, conversation));
    } finally {
      await conversation.close();
    }
  }
  yield* about('dns', runChecks(dnsChecks(names), names));
  yield* about('http', runChecks(httpChecks, http));
}

/** Tries the addresses that phones and carriers are told, from where this runs. `view` is undefined where nobody can be asked. */
export async function* examineAddresses(
  targets: readonly ProxyAddress[],
  view: ClusterView | undefined,
): AsyncGenerator<Examined> {
  const subject = { view, open: new Set<string>() };
  yield* about('sip', runChecks(streamsFirst(targets).map(sipCheck), subject));
  if (!view) return;
  const workers = rtpAddresses(await nodesOf(view));
  yield* about(
    'rtp',
    runChecks(
      workers.map((each) => rtpCheck(view, each)),
      subject,
    ),
  );
}

/** Tries them from a pod of the cluster, whose members `view` asks, and compares them with the Services that lead there. */
export async function* examineFromPod(
  view: MemberView,
  pod: Omit<Vantage, 'nodes'>,
  services: readonly LeadingService[],
): AsyncGenerator<Examined> {
  const nodes = await nodesOf(view, 'begin');
  const vantage = { ...pod, nodes };
  yield* about(
    'node',
    runChecks([tierCheck('edge'), tierCheck('media')], { members: view.members(), nodes }),
  );
  yield* about('service', runChecks(serviceChecks(services, nodes), services));
  for (const kind of kindsOfAddress) yield* about(kind, tryFromPod(kind, view, vantage));
}

async function* about(on: string, results: AsyncIterable<Result>): AsyncGenerator<Examined> {
  for await (const result of results) yield { on, ...result };
}

async function isAlive(proxy: ProxyAddress): Promise<boolean> {
  const account = { user: 'doctor', domain: proxy.host, password: '' };
  const phone = await Phone.open({ account, proxy, security: { insecure: true }, answerWithin: lifeSign });
  try {
    await phone.options();
    return true;
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  } finally {
    await phone.close();
  }
}
