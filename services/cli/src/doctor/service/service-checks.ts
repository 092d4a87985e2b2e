import type { ProbeAnswer } from '../../cluster/probe.ts';
import { formatProxyAddress, type ProxyAddress } from '../../phone/proxy-address.ts';
import { addressOf, rtpAddresses, sipAddresses } from '../address/address-checks.ts';
import type { Check, Finding } from '../check.ts';
import type { LeadingService } from './service.ts';

/** The Services of a release that lead in from outside. */
type Services = readonly LeadingService[];

/** Whether the Services lead to what nodes say of themselves. */
export function serviceChecks(services: Services, nodes: readonly ProbeAnswer[]): Check<Services>[] {
  const balanced = services.filter(({ type }) => type === 'LoadBalancer');
  const isOfEdges = balanced.some(({ component }) => component === 'edge');
  const isOfEach = services.some(({ pod }) => pod !== undefined);
  return [
    ...balanced.map(givenCheck),
    ...(isOfEdges ? sipAddresses(nodes).map(transportCheck) : []),
    ...(isOfEach ? nodes.filter(({ tier }) => tier === 'media').map(sliceCheck) : []),
  ];
}

/** Whether a load balancer is there at all. */
function givenCheck({ addresses, name }: LeadingService): Check<Services> {
  return {
    name,
    layer: 'cluster',
    hint: 'Have a controller of load balancers, such as that of the cloud or MetalLB, and see what it says: `kubectl describe service`.',
    run: async () =>
      addresses.length > 0
        ? { ok: true, value: `has ${addresses.join(', ')}` }
        : { ok: false, value: 'of type LoadBalancer, and nobody has given it an address' },
  };
}

/** Whether a Service whose address is told leads the protocol and port on that are told with it. */
function transportCheck(target: ProxyAddress): Check<Services> {
  const what = `${target.transport === 'udp' ? 'UDP' : 'TCP'} ${target.port}`;
  return {
    name: formatProxyAddress(target),
    layer: 'address',
    hint: 'Phones are told one address for all transports: the Services of UDP and TCP have to share it, with each port.',
    run: async (services) => {
      const ofEdges = services.filter(({ component }) => component === 'edge');
      const owners = await ownersOf(target.host, ofEdges);
      if (owners.length === 0) return nobodys(target.host, ofEdges);
      const leading = owners.find(({ ports }) => ports.has(what));
      if (leading) return { ok: true, value: `${leading.name} leads ${what} to edges` };
      const names = owners.map(({ name }) => name).join(', ');
      return {
        ok: false,
        value: `${target.host} is the address of ${names}, which does not lead ${what} on`,
      };
    },
  };
}

/** Whether the Service of a worker leads all of its ports on, at the address that it tells. */
function sliceCheck(worker: ProbeAnswer): Check<Services> {
  const { id, ports } = worker;
  return {
    name: id,
    layer: 'address',
    hint: 'The worker tells parties ports of its slice (TANDEM_RTP_SLICES): its Service has to lead each of them, and to have that address.',
    run: async (services) => {
      const own = services.find(({ pod }) => pod === id);
      if (!own) return { ok: false, value: `no Service leads to ${id}` };
      // RTP has the even port, RTCP the one above.
      const [from, to] = [ports[0] ?? 0, (ports.at(-1) ?? -1) + 1];
      const all = Array.from({ length: to - from + 1 }, (_, index) => from + index);
      const missing = all.filter((port) => !own.ports.has(`UDP ${port}`));
      if (missing.length > 0)
        return {
          ok: false,
          value: `${own.name} leads ${all.length - missing.length} of the ports ${from}-${to} of ${id}, and not UDP ${missing[0]}`,
        };
      return (
        (await strayAddress(worker, own, services)) ?? { ok: true, value: `${own.name} leads ${from}-${to}` }
      );
    },
  };
}

/** What is wrong with the address that a worker tells; nothing where it is that of its Service. */
async function strayAddress(
  worker: ProbeAnswer,
  own: LeadingService,
  services: Services,
): Promise<Finding | undefined> {
  if (own.type !== 'LoadBalancer') return undefined;
  for (const { host } of rtpAddresses([worker])) {
    const owners = await ownersOf(host, services);
    if (owners.includes(own)) continue;
    const [other] = owners;
    if (!other) return nobodys(host, [own]);
    return {
      ok: false,
      value: `${host} is the address of ${other.name}, and ${own.name} leads to ${worker.id}`,
    };
  }
  return undefined;
}

/** An address that no Service has may be right, where something before them leads on to one. */
function nobodys(host: string, services: Services): Finding {
  const have = services.map(({ addresses, name }) => `${name} has ${addresses.join(', ') || 'none'}`);
  return {
    ok: false,
    value: `${host} is the address of no Service: ${have.join('; ')}`,
    hint: 'Right only where something before the load balancers leads from there to one of them; else advertise theirs.',
    unsure: true,
  };
}

/** The Services that have an address, or a name that leads to it. */
async function ownersOf(host: string, services: Services): Promise<LeadingService[]> {
  const address = await addressOf(host);
  const isOwner = async (given: string): Promise<boolean> =>
    given === host || (address !== undefined && (given === address || (await addressOf(given)) === address));
  const owned = await Promise.all(
    services.map(async ({ addresses }) => (await Promise.all(addresses.map(isOwner))).includes(true)),
  );
  return services.filter((_, index) => owned[index]);
}
