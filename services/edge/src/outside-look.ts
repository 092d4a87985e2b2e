import type { edge } from '@tandem/contract';
import { Fault, nextHop, type Target } from '@tandem/sip';
import { targetUnreachable, transportUnsupported } from './faults.ts';
import type { EdgeParts } from './parts.ts';
import { type Flow, hostPort } from './socket/flow.ts';

type LookParts = Pick<EdgeParts, 'locator'>;

/** Places of a URI that are looked at: a call is given up before it has tried more of them. */
const maxPlaces = 4;
/** Milliseconds that a connection may take. */
const longest = 10_000;

/** Where a URI leads, and whether we get there: names are looked up and connections opened. Does not reject with a Fault. */
export async function lookOutside({ locator }: LookParts, look: edge.Look): Promise<edge.Outlook> {
  const patience = Math.min(look.patienceMs || longest, longest);
  try {
    const targets = await locator.targets(nextHop(look));
    const places = targets
      .slice(0, maxPlaces)
      .map((target) => placeOf(target, locator.open(target), patience));
    return { places: await Promise.all(places), fault: '', detail: '' };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { places: [], fault: error.kind.code, detail: error.detail };
  }
}

async function placeOf(
  { address, port, transport }: Target,
  flow: Flow | undefined,
  patience: number,
): Promise<edge.Place> {
  const place = { transport, address: hostPort(address, port), proven: [], fault: '', detail: '' };
  if (!flow) return { ...place, state: 'closed', ...told(new Fault(transportUnsupported, transport)) };
  if (!flow.whenOpen) return { ...place, state: 'unknown' };
  const fault = await inTime(flow.whenOpen(), place.address, patience);
  if (!fault) return { ...place, state: 'open', proven: [...(flow.proven ?? [])] };
  return { ...place, state: flow.isConnected ? 'insecure' : 'closed', ...told(fault) };
}

function told({ kind, detail }: Fault): Pick<edge.Place, 'fault' | 'detail'> {
  return { fault: kind.code, detail };
}

/** Why nothing can be sent over a connection; undefined when something can. */
async function inTime(
  open: Promise<Fault | undefined>,
  peer: string,
  ms: number,
): Promise<Fault | undefined> {
  const late = Promise.withResolvers<Fault>();
  const fault = new Fault(targetUnreachable, `${peer}: no connection within ${ms / 1_000} s`);
  const timer = setTimeout(() => late.resolve(fault), ms);
  try {
    return await Promise.race([open, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
