import { several } from './destinations.ts';
import type { MadeNumber, Target } from './dial.ts';
import type { Dialplan, Extension } from './dialplan.ts';
import { leaveDials, leaveOptions, placesOf, setRingTime, type TimedWay } from './dials.ts';
import type { Draft } from './draft.ts';
import type { ExtensionPattern } from './extension-pattern.ts';
import type { Party } from './party.ts';
import type { Place } from './place.ts';
import type { Program } from './program.ts';
import type { Workshop } from './workshop.ts';

/** How a number goes out. */
interface WayOut {
  readonly trunk: Draft;
  readonly rewrite: { readonly pattern: string; readonly to: string } | undefined;
}

/** Makes routes of extensions that call numbers outside. */
export class WaysOut {
  readonly #workshop: Workshop;
  readonly #dialplan: Dialplan;
  /** Who else there is. */
  readonly #userCount: number;

  constructor(dialplan: Dialplan, workshop: Workshop, userCount: number) {
    this.#dialplan = dialplan;
    this.#workshop = workshop;
    this.#userCount = userCount;
  }

  /** Makes a route of an extension for the calls of some users, at some times. */
  route(extension: Extension, program: Program, way: TimedWay, parties: readonly Party[]): void {
    const { ledger, drafts, schedules } = this.#workshop;
    const { pattern } = extension;
    const outs = way.dials.map(({ dial, step }) =>
      this.#wayOut(dial.targets, pattern, way.number, step.place),
    );
    const trunks = outs.flatMap((out) => out?.trunk ?? []);
    if (trunks.length < outs.length) {
      leaveDials(ledger, [way], 'another one of its trunks is not carried over', outs);
      return;
    }
    const [rewrite, ...others] = new Set(outs.map((out) => JSON.stringify(out?.rewrite)));
    if (others.length > 0) {
      leaveDials(ledger, [way], 'each of its trunks gets the number in another form');
      return;
    }
    const places = [...program.places, ...placesOf({ ...program, dials: way.dials, places: [] })];
    const [place] = places;
    const route = drafts.make('Route', drafts.freeName('Route', pattern.text.replace(/^_/, '')), ...places)!;
    route.set('match.pattern', pattern.expression, place!);
    const condition = way.at ? schedules.condition(way.at.timing, way.at.place) : {};
    for (const [field, schedule] of Object.entries(condition))
      route.set(`match.${field}`, schedule, way.at!.place);
    if (rewrite !== undefined) route.set('rewrite', [JSON.parse(rewrite)], place!);
    if (parties.length < this.#userCount) this.#restrict(route, extension, parties);
    route.set('priority', Math.min(10_000, 90 + 10 * drafts.of('Route').length), place!);
    for (const [index, { dial, step }] of way.dials.entries()) {
      route.add('trunks', trunks[index]!.name, step.place);
      setRingTime(ledger, route, dial.timeout, step.place);
      leaveOptions(ledger, dial.options, step.place);
      ledger.carried(step.place);
    }
  }

  /** Whose calls come to a context may call what is in it: that is a class of service. */
  #restrict(route: Draft, { context }: Extension, parties: readonly Party[]): void {
    const name = plainName(context);
    const [place] = this.#dialplan.contexts.get(context)!.places;
    route.set('class', name, place!);
    for (const { draft, context: entered } of parties) draft.add('classes', name, entered.place ?? place!);
  }

  /** The trunk that a number goes out by, and what becomes of the number. */
  #wayOut(
    targets: readonly Target[],
    dialled: ExtensionPattern,
    number: ExtensionPattern,
    place: Place,
  ): WayOut | undefined {
    const [target, ...more] = targets;
    const problem = (text: string) => {
      this.#workshop.ledger.left(place, text);
      return undefined;
    };
    if (more.length > 0 || target?.to !== 'outside') return problem(several);
    const party = this.#workshop.party(target.technology, target.peer);
    if (party?.draft.kind !== 'Trunk') return problem(`${target.peer} is no trunk that is carried over`);
    return { trunk: party.draft, rewrite: rewriteOf(target.number, dialled, number) };
  }
}

/** The rule that makes a number of the one that was dialled; undefined when it stays the same. */
function rewriteOf(
  { before, strip }: MadeNumber,
  dialled: ExtensionPattern,
  number: ExtensionPattern,
): WayOut['rewrite'] {
  const sentOn = number === dialled || strip === undefined ? '' : number.literal!.slice(strip);
  if (strip === undefined || sentOn !== '') {
    const to = before + sentOn;
    return to === dialled.literal ? undefined : { pattern: '^.*$', to };
  }
  if (before === '' && strip === 0) return undefined;
  return { pattern: `^${strip === 0 ? '' : `.{${strip}}`}(.*)$`, to: `${before}$1` };
}

/** A text as a name of a resource. */
function plainName(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._+-]/g, '-').slice(0, 56);
}
