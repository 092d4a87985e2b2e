import { Destinations, several, type Way } from './destinations.ts';
import type { MadeNumber, Target } from './dial.ts';
import type { Dialplan, Extension, Inclusion } from './dialplan.ts';
import { leaveDials, leaveOptions, placesOf, setRingTime, type TimedWay } from './dials.ts';
import type { Draft } from './draft.ts';
import type { ExtensionPattern } from './extension-pattern.ts';
import type { Party } from './party.ts';
import type { Place } from './place.ts';
import { nested, type Program, Programs } from './program.ts';
import { WaysOut } from './ways-out.ts';
import type { Workshop } from './workshop.ts';

/** Makes aliases, numbers and routes out of the dialplan, for the users and trunks whose calls enter it. */
export function readRouting(dialplan: Dialplan, workshop: Workshop): void {
  new Routing(dialplan, workshop).read();
}

/** Who pays for calls is not for whoever calls to say. */
const goesOut = 'calls of a pattern of numbers do not go out again, but to single numbers';

interface Reached {
  readonly extension: Extension;
  readonly parties: Party[];
  /** What says when; undefined for any time. */
  readonly inclusion: Inclusion | undefined;
}

/** Whose number it is. */
type Owner = { readonly internal: true } | { readonly trunks: readonly Party[] };

class Routing {
  readonly #workshop: Workshop;
  readonly #dialplan: Dialplan;
  readonly #programs: Programs;
  readonly #users: readonly Party[];
  readonly #trunks: readonly Party[];
  readonly #destinations: Destinations;
  readonly #waysOut: WaysOut;

  constructor(dialplan: Dialplan, workshop: Workshop) {
    this.#dialplan = dialplan;
    this.#workshop = workshop;
    this.#destinations = new Destinations(workshop);
    this.#programs = new Programs(dialplan, workshop.ledger);
    this.#users = workshop.parties.filter(({ draft }) => draft.kind === 'User');
    this.#trunks = workshop.parties.filter(({ draft }) => draft.kind === 'Trunk');
    this.#waysOut = new WaysOut(dialplan, workshop, this.#users.length);
  }

  read(): void {
    this.#leaveUnreached();
    for (const reached of this.#reached(this.#users)) this.#fromUsers(reached);
    for (const reached of this.#reached(this.#trunks)) this.#fromTrunks(reached);
    this.#withoutClasses();
    for (const number of this.#workshop.drafts.of('Number'))
      if (number.get('destination') === undefined)
        this.#workshop.drafts.leave(number, 'leads nowhere at other times, which no Number does');
  }

  /** Who is in no class is in all of them unless it is said that there is none. */
  #withoutClasses(): void {
    if (!this.#workshop.drafts.of('Route').some((route) => route.get('class') !== undefined)) return;
    for (const { draft } of this.#users) if (draft.get('classes') === undefined) draft.set('classes', []);
  }

  /** What becomes of lines that no call comes to. */
  #leaveUnreached(): void {
    const { ledger } = this.#workshop;
    for (const { name, places, extensions, includes } of this.#dialplan.contexts.values()) {
      const reason = `no call of a user or a trunk that is carried over comes to [${name}]`;
      for (const place of places) ledger.otherwise(place, 'left', reason);
      for (const include of includes) ledger.otherwise(include.place, 'left', reason);
      for (const { place: line } of extensions.flatMap(({ steps }) => steps))
        ledger.otherwise(line, 'left', reason);
    }
  }

  /** The extensions that calls of some parties come to, in the order in which Asterisk looks, and whose calls. */
  #reached(parties: readonly Party[]): Iterable<Reached> {
    const found: Reached[] = [];
    for (const [name, own] of Map.groupBy(parties, ({ context }) => context.name)) {
      for (const { context, inclusion } of this.#enter(name, own)) {
        const sorted = context.extensions.toSorted((a, b) => a.pattern.compare(b.pattern));
        for (const extension of sorted) {
          const same = found.find((each) => each.extension === extension && each.inclusion === inclusion);
          if (same) same.parties.push(...own);
          else found.push({ extension, parties: [...own], inclusion });
        }
      }
    }
    return found;
  }

  #enter(name: string, parties: readonly Party[]) {
    const { ledger } = this.#workshop;
    const contexts = this.#programs.reach(name);
    for (const place of contexts.flatMap(({ context }) => context.places)) ledger.carried(place);
    if (contexts.length === 0) {
      for (const { place } of parties.map(({ context }) => context))
        if (place) ledger.left(place, `there is no context ${name}`);
    }
    return contexts;
  }

  #fromUsers({ extension, parties, inclusion }: Reached): void {
    const program = this.#programs.read(extension);
    const ways = this.#ways(program, inclusion);
    const targets = ways.flatMap(({ dials }) => dials.flatMap(({ dial }) => dial.targets));
    if (targets.length === 0) {
      this.#leaveSilence(inclusion);
      return;
    }
    const out = targets.filter((target) => target.to === 'outside');
    const isWayOut = out.some(
      ({ technology, peer }) => this.#workshop.party(technology, peer)?.draft.kind === 'Trunk',
    );
    if (isWayOut || (out.length > 0 && extension.pattern.literal === undefined))
      for (const way of ways) this.#waysOut.route(extension, program, way, parties);
    else if (
      ways.length === 1 &&
      ways[0]!.dials.length === 1 &&
      ways[0]!.at === undefined &&
      targets[0]!.to === 'party'
    )
      this.#internal(extension, program);
    else this.#numbers(extension, program, ways, { internal: true });
  }

  #fromTrunks({ extension, parties: trunks, inclusion }: Reached): void {
    const program = this.#programs.read(extension);
    const ways = this.#ways(program, inclusion);
    if (ways.some(({ dials }) => dials.length > 0)) this.#numbers(extension, program, ways, { trunks });
    else this.#leaveSilence(inclusion);
  }

  /** Where nobody is called at some times, others would be. */
  #leaveSilence(inclusion: Inclusion | undefined): void {
    if (inclusion) this.#left(inclusion.place, 'at some times nobody is called that is carried over');
  }

  /** What is done at some times, the first that holds, then what is done else; none where that cannot be said. */
  #ways(program: Program, inclusion: Inclusion | undefined): TimedWay[] {
    const timed = program.timed.map(({ timing, place, ...way }) => ({ ...way, at: { timing, place } }));
    const timing = inclusion?.timing;
    if (!timing) return [...timed, program];
    if (timed.length === 0) return [{ ...program, at: { timing, place: inclusion.place } }];
    for (const { at } of timed) this.#left(at.place, nested);
    return [];
  }

  /** Numbers that are called: one, or those of a pattern that there are users for. */
  #numbers(extension: Extension, program: Program, ways: readonly TimedWay[], owner: Owner): void {
    const { ledger } = this.#workshop;
    for (const dialled of this.#dialled(extension, program, ways)) {
      const said = ways.map((way) => {
        const exten = way.number === extension.pattern ? dialled : way.number.literal!;
        return { way: this.#destinations.way(way, exten, extension.pattern), at: way.at };
      });
      if (said.every(({ way }) => way !== undefined)) {
        this.#number(dialled, said as readonly { way: Way; at: TimedWay['at'] }[], program, owner);
        for (const { dials } of ways)
          for (const { dial, step } of dials) leaveOptions(ledger, dial.options, step.place);
      } else {
        const fine = ways.filter((_, index) => said[index]!.way !== undefined);
        leaveDials(ledger, fine, 'another time of it is not carried over');
      }
    }
  }

  /** What has to be dialled for a call to come to an extension. */
  #dialled({ pattern }: Extension, program: Program, ways: readonly TimedWay[]): readonly string[] {
    if (pattern.literal !== undefined) return [pattern.literal];
    const first = ways.at(-1)!.dials[0]!;
    const [target, ...more] = first.dial.targets;
    const found =
      target?.to === 'party' && more.length === 0 ? this.#matching(target, pattern, program.number) : [];
    if (found.length > 0) return found.map(({ dialled }) => dialled);
    const reason = target?.to === 'party' ? 'calls no user that is carried over' : goesOut;
    this.#left(first.step.place, more.length > 0 ? several : reason);
    return [];
  }

  /** A number that leads somewhere, at some times elsewhere. What leads elsewhere already stays. */
  #number(
    name: string,
    said: readonly { way: Way; at: TimedWay['at'] }[],
    program: Program,
    owner: Owner,
  ): void {
    const { drafts, ledger, schedules } = this.#workshop;
    const known = drafts.get('Number', name);
    const places = placesOf(program);
    const isTaken = known?.get('destination') !== undefined;
    const { destination, otherwise = [] } = said.at(-1)!.way;
    const isSame =
      said.length === 1 &&
      !said[0]!.at &&
      JSON.stringify([destination, otherwise]) ===
        JSON.stringify([known?.get('destination'), known?.get('otherwise') ?? []]);
    if (isTaken && !isSame) {
      for (const place of places) this.#left(place, `there is a number ${name} that leads elsewhere`);
      return;
    }
    const number = known ?? drafts.make('Number', name, ...places)!;
    for (const { way, at } of said) {
      if (at)
        number.add('rules', { when: schedules.condition(at.timing, at.place), ...way }, at.place, ...places);
      else {
        number.set('destination', way.destination, ...places);
        if (way.otherwise) number.set('otherwise', way.otherwise, ...places);
      }
    }
    this.#own(number, owner, known !== undefined, places);
    for (const place of places) ledger.carried(place);
  }

  /** Who calls a number: users alone, one trunk, or whoever does. */
  #own(number: Draft, owner: Owner, isKnown: boolean, places: readonly Place[]): void {
    if ('internal' in owner) {
      number.set('internal', true, ...places);
      return;
    }
    // By whichever trunk it was called before, it is called by more than one now; users called it alone before.
    const wasInternal = number.get('internal') === true;
    number.drop('spec.internal');
    const [only, ...more] = owner.trunks;
    const isOne = more.length === 0 && this.#trunks.length > 1 && !wasInternal;
    if (isKnown && !(isOne && number.get('trunk') === only!.draft.name)) number.drop('spec.trunk');
    else if (isOne) number.set('trunk', only!.draft.name, ...places);
  }

  /** Another number for a user. */
  #internal(extension: Extension, program: Program): void {
    for (const { user, dialled } of this.#called(extension, program)) {
      if (dialled !== user.draft.name) user.draft.add('aliases', dialled, ...placesOf(program));
      for (const place of placesOf(program)) this.#workshop.ledger.carried(place);
      this.#ring(user.draft, program);
    }
  }

  /** The users that an extension calls, with what is dialled for each. */
  #called({ pattern }: Extension, program: Program): { user: Party; dialled: string }[] {
    const [{ dial, step }] = program.dials as [Program['dials'][0]];
    const [target, ...more] = dial.targets;
    if (more.length > 0 || target?.to !== 'party') {
      this.#left(step.place, several);
      return [];
    }
    const called = this.#matching(target, pattern, program.number);
    if (called.length === 0) {
      const many = pattern.literal === undefined && target.name.strip === undefined;
      this.#left(
        step.place,
        many ? 'not every number of a pattern can be one of a user' : 'calls no user that is carried over',
      );
    }
    return called;
  }

  #matching(
    { technology, name }: Target & { to: 'party' },
    dialled: ExtensionPattern,
    number: ExtensionPattern,
  ) {
    const own = this.#users.filter((user) => user.technology === technology);
    const sentOn = number !== dialled;
    return own.flatMap((user) => {
      const exten = dialledFor(name, user.name, number);
      const came = exten !== undefined && sentOn ? dialled.literal : exten;
      return came === undefined ? [] : [{ user, dialled: came }];
    });
  }

  /** How long phones ring. */
  #ring(user: Draft, { dials }: Program): void {
    const { ledger } = this.#workshop;
    const { dial, step } = dials[0]!;
    leaveOptions(ledger, dial.options, step.place);
    setRingTime(ledger, user, dial.timeout, step.place);
  }

  #left(place: Place, reason: string): void {
    this.#workshop.ledger.left(place, reason);
  }
}

/** What has to be dialled for a call to go to a name; undefined when nothing does. */
function dialledFor(
  { before, strip }: MadeNumber,
  name: string,
  extension: ExtensionPattern,
): string | undefined {
  if (strip === undefined) return name === before ? extension.literal : undefined;
  if (!name.startsWith(before)) return undefined;
  const prefix = extension.prefix(strip);
  if (prefix === undefined) return undefined;
  const dialled = `${prefix}${name.slice(before.length)}`;
  return extension.matches(dialled) ? dialled : undefined;
}
