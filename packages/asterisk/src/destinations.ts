import type { MadeNumber, Target } from './dial.ts';
import type { ExtensionPattern } from './extension-pattern.ts';
import { formatPlace } from './place.ts';
import type { Program } from './program.ts';
import type { Workshop } from './workshop.ts';

/** Where a Number leads, as a resource has it. */
interface Destination {
  readonly user?: string;
  readonly trunk?: string;
  readonly number?: string;
  readonly uri?: string;
  readonly ringTimeout?: number;
}

/** Where a Number leads, and where next. */
export interface Way {
  readonly destination: Destination;
  readonly otherwise?: readonly Destination[];
}

/** The longest that a phone rings. */
const maxRing = 600;

/** Reads where calls go that do one Dial after the other; tells why they do not go anywhere. */
export class Destinations {
  readonly #workshop: Workshop;

  constructor(workshop: Workshop) {
    this.#workshop = workshop;
  }

  /** What becomes of a call to a number. `exten` is what was dialled; undefined after what could not be carried over. */
  way({ dials }: Pick<Program, 'dials'>, exten: string, dialled: ExtensionPattern): Way | undefined {
    const found: Destination[] = [];
    for (const { dial, step } of dials) {
      const [target, ...more] = dial.targets;
      const destination = more.length > 0 ? several : this.#destination(target!, exten, dialled);
      if (typeof destination === 'string') {
        this.#workshop.ledger.left(step.place, destination);
        for (const other of dials.slice(found.length + 1))
          this.#workshop.ledger.left(
            other.step.place,
            `comes after what is not carried over at ${formatPlace(step.place)}`,
          );
        break;
      }
      const ringTimeout = dial.timeout !== undefined && dial.timeout <= maxRing ? dial.timeout : undefined;
      found.push({ ...destination, ...(ringTimeout !== undefined && { ringTimeout }) });
    }
    const [destination, ...otherwise] = found;
    return destination && { destination, ...(otherwise.length > 0 && { otherwise }) };
  }

  /** A text says why there is none. */
  #destination(target: Target, exten: string, dialled: ExtensionPattern): Destination | string {
    if (target.to === 'party') {
      const name = made(target.name, exten);
      const party = this.#workshop.party(target.technology, name);
      if (party?.draft.kind === 'User') return { user: party.draft.name };
      return target.name.strip === undefined && name.includes('.') && target.technology === 'SIP'
        ? { uri: `sip:${name}` }
        : 'calls no user that is carried over';
    }
    // A pattern of numbers would let whoever calls choose whom we pay for.
    if (dialled.literal === undefined)
      return 'calls of a pattern of numbers do not go out again, but to single numbers';
    const number = target.number && made(target.number, exten);
    if (target.to === 'host') return { uri: `sip:${number === undefined ? '' : `${number}@`}${target.host}` };
    const trunk = this.#workshop.party(target.technology, target.peer)?.draft;
    if (trunk?.kind === 'Trunk')
      return { trunk: trunk.name, ...(number !== dialled.literal && { number: number! }) };
    return target.technology === 'SIP' && target.peer.includes('.')
      ? { uri: `sip:${number}@${target.peer}` }
      : `${target.peer} is no trunk that is carried over`;
  }
}

export const several = 'several are called at once, which no resource does yet';

function made({ before, strip }: MadeNumber, exten: string): string {
  return strip === undefined ? before : before + exten.slice(strip);
}
