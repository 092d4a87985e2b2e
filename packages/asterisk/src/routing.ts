import type { MadeNumber, Target } from './dial.ts';
import type { Dialplan, Extension } from './dialplan.ts';
import type { Draft } from './draft.ts';
import type { ExtensionPattern } from './extension-pattern.ts';
import type { Party } from './party.ts';
import type { Place } from './place.ts';
import { type Program, Programs } from './program.ts';
import type { Workshop } from './workshop.ts';

/** Makes aliases, numbers and routes out of the dialplan, for the users and trunks whose calls enter it. */
export function readRouting(dialplan: Dialplan, workshop: Workshop): void {
  new Routing(dialplan, workshop).read();
}

/** Options of Dial that ask for what phones and trunks do here anyway. */
const needlessOptions = /^[tTrRgciIoxX]*$/;

/** How a number goes out. */
interface WayOut {
  readonly trunk: Draft;
  readonly rewrite: { readonly pattern: string; readonly to: string } | undefined;
}

interface Reached {
  readonly extension: Extension;
  readonly parties: Party[];
}

class Routing {
  readonly #workshop: Workshop;
  readonly #dialplan: Dialplan;
  readonly #programs: Programs;
  readonly #users: readonly Party[];
  readonly #trunks: readonly Party[];

  constructor(dialplan: Dialplan, workshop: Workshop) {
    this.#dialplan = dialplan;
    this.#workshop = workshop;
    this.#programs = new Programs(dialplan, workshop.ledger);
    this.#users = workshop.parties.filter(({ draft }) => draft.kind === 'User');
    this.#trunks = workshop.parties.filter(({ draft }) => draft.kind === 'Trunk');
  }

  read(): void {
    this.#leaveUnreached();
    for (const { extension, parties } of this.#reached(this.#users)) this.#fromUsers(extension, parties);
    for (const { extension, parties } of this.#reached(this.#trunks)) this.#fromTrunks(extension, parties);
    this.#withoutClasses();
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
    const found = new Map<Extension, Reached>();
    for (const [name, own] of Map.groupBy(parties, ({ context }) => context.name)) {
      for (const context of this.#enter(name, own)) {
        const sorted = context.extensions.toSorted((a, b) => a.pattern.compare(b.pattern));
        for (const extension of sorted) {
          const reached = found.get(extension) ?? { extension, parties: [] };
          found.set(extension, reached);
          reached.parties.push(...own);
        }
      }
    }
    return found.values();
  }

  #enter(name: string, parties: readonly Party[]) {
    const { ledger } = this.#workshop;
    const contexts = this.#programs.reach(name);
    for (const place of contexts.flatMap(({ places }) => places)) ledger.carried(place);
    if (contexts.length === 0) {
      for (const { place } of parties.map(({ context }) => context))
        if (place) ledger.left(place, `there is no context ${name}`);
    }
    return contexts;
  }

  #fromUsers(extension: Extension, parties: readonly Party[]): void {
    const program = this.#programs.read(extension);
    const [first] = program.dials;
    if (!first) return;
    if (first.dial.targets.some(({ to }) => to === 'outside')) this.#route(extension, program, parties);
    else this.#internal(extension, program);
  }

  #fromTrunks(extension: Extension, trunks: readonly Party[]): void {
    const program = this.#programs.read(extension);
    const [first] = program.dials;
    if (!first) return;
    if (first.dial.targets.some(({ to }) => to === 'outside')) {
      this.#through(extension, program, trunks);
      return;
    }
    for (const { user, dialled } of this.#called(extension, program)) {
      this.#number(dialled, ['user', user.draft.name], program, trunks);
      this.#ring(user.draft, program);
    }
  }

  /** A number that goes out again. A pattern of numbers would let whoever calls choose whom we pay for. */
  #through({ pattern }: Extension, program: Program, trunks: readonly Party[]): void {
    const { dial, step } = program.dials[0]!;
    const [target, ...more] = dial.targets;
    const party = target?.to === 'outside' ? this.#workshop.party(target.technology, target.peer) : undefined;
    if (target?.to !== 'outside' || pattern.literal === undefined) {
      const names = trunks.map(({ draft }) => draft.name).join(', ');
      this.#left(step.place, `calls that come by ${names} do not go out again, but to single numbers`);
    } else if (more.length > 0 || program.dials.length > 1) {
      this.#left(step.place, 'a number leads to one place');
    } else if (party?.draft.kind !== 'Trunk') {
      this.#left(step.place, `${target.peer} is no trunk that is carried over`);
    } else {
      const { before, strip } = target.number;
      const called = strip === undefined ? before : before + program.number.literal!.slice(strip);
      const number = this.#number(pattern.literal, ['trunk', party.draft.name], program, trunks);
      if (called !== pattern.literal) number?.set('destination.number', called, step.place);
      this.#leaveOptions(dial.options, step.place);
    }
  }

  /** A number by which trunks call somebody; undefined when it leads elsewhere already. */
  #number(
    name: string,
    [kind, whom]: readonly ['user' | 'trunk', name: string],
    program: Program,
    trunks: readonly Party[],
  ): Draft | undefined {
    const { drafts, ledger } = this.#workshop;
    const known = drafts.get('Number', name);
    const places = placesOf(program);
    if (known && known.get(`destination.${kind}`) !== whom) {
      this.#left(program.dials[0]!.step.place, `there is a number ${name} that leads elsewhere`);
      return undefined;
    }
    const number = known ?? drafts.make('Number', name, ...places)!;
    number.set(`destination.${kind}`, whom, ...places);
    const [only] = trunks;
    // By whichever trunk it was called before, it is called by more than one now.
    if (known) number.drop('spec.trunk');
    else if (trunks.length === 1 && this.#trunks.length > 1) number.set('trunk', only!.draft.name, ...places);
    for (const place of places) ledger.carried(place);
    return number;
  }

  /** Another number for a user. */
  #internal(extension: Extension, program: Program): void {
    for (const { user, dialled } of this.#called(extension, program)) {
      if (dialled !== user.draft.name) user.draft.add('aliases', dialled, ...placesOf(program));
      for (const place of placesOf(program)) this.#workshop.ledger.carried(place);
      this.#ring(user.draft, program);
    }
  }

  /** The users that an extension calls, with what is dialled for each. Leaves what is more than that. */
  #called({ pattern }: Extension, program: Program): { user: Party; dialled: string }[] {
    const [{ dial, step }, ...others] = program.dials as [Program['dials'][0], ...Program['dials']];
    for (const other of others)
      this.#left(other.step.place, 'a user who does not answer is not called elsewhere yet');
    const [target, ...more] = dial.targets;
    if (more.length > 0 || target?.to !== 'party') {
      this.#left(step.place, 'several are called at once, which no resource does yet');
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
    const { dial, step } = dials[0]!;
    this.#leaveOptions(dial.options, step.place);
    this.#setTimeout(user, 'ringTimeout', dial.timeout, step.place);
  }

  #setTimeout(draft: Draft, field: string, seconds: number | undefined, place: Place): void {
    if (seconds === undefined) return;
    const known = draft.get(field);
    if (known === undefined || known === seconds) draft.set(field, seconds, place);
    else
      this.#left(
        place,
        `${draft.kind}/${draft.name} rings for ${JSON.stringify(known)} s elsewhere, and for as long here`,
      );
  }

  #leaveOptions(options: string, place: Place): void {
    if (!needlessOptions.test(options)) this.#left(place, `options ${options} of Dial are not carried over`);
  }

  /** A way out. */
  #route(extension: Extension, program: Program, parties: readonly Party[]): void {
    const { ledger, drafts } = this.#workshop;
    const { pattern } = extension;
    const ways = program.dials.map(({ dial, step }) => this.#wayOut(dial.targets, pattern, step.place));
    const trunks = ways.flatMap((way) => way?.trunk ?? []);
    if (trunks.length < ways.length) {
      this.#leaveDials(program, ways, 'another one of its trunks is not carried over');
      return;
    }
    const [rewrite, ...others] = new Set(ways.map((way) => JSON.stringify(way?.rewrite)));
    if (others.length > 0) {
      this.#leaveDials(program, ways, 'each of its trunks gets the number in another form');
      return;
    }
    const [place] = placesOf(program);
    const route = drafts.make('Route', this.#routeName(pattern), ...placesOf(program))!;
    route.set('match.pattern', pattern.expression, place!);
    if (rewrite !== undefined) route.set('rewrite', [JSON.parse(rewrite)], place!);
    if (parties.length < this.#users.length) this.#restrict(route, extension, parties);
    route.set('priority', Math.min(10_000, 90 + 10 * drafts.of('Route').length), place!);
    for (const [index, { dial, step }] of program.dials.entries()) {
      route.add('trunks', trunks[index]!.name, step.place);
      this.#setTimeout(trunks[index]!, 'endpoint.ringTimeout', dial.timeout, step.place);
      this.#leaveOptions(dial.options, step.place);
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
  #wayOut(targets: readonly Target[], dialled: ExtensionPattern, place: Place): WayOut | undefined {
    const [target, ...more] = targets;
    const problem = (text: string) => {
      this.#left(place, text);
      return undefined;
    };
    if (more.length > 0 || target?.to !== 'outside')
      return problem('several are called at once, which no resource does yet');
    const party = this.#workshop.party(target.technology, target.peer);
    if (party?.draft.kind !== 'Trunk') return problem(`${target.peer} is no trunk that is carried over`);
    return { trunk: party.draft, rewrite: rewriteOf(target.number, dialled) };
  }

  #routeName({ text }: ExtensionPattern): string {
    const plain = plainName(text.replace(/^_/, ''));
    for (let number = 1; ; number++) {
      const free = number === 1 ? plain : `${plain}-${number}`;
      if (!this.#workshop.drafts.get('Route', free)) return free;
    }
  }

  /** Leaves the calls of a program that nothing is wrong with by themselves. */
  #leaveDials({ dials }: Program, ways: readonly unknown[], reason: string): void {
    for (const [index, { step }] of dials.entries()) if (ways[index]) this.#left(step.place, reason);
  }

  #left(place: Place, reason: string): void {
    this.#workshop.ledger.left(place, reason);
  }
}

/** The rule that makes a number of the one that was dialled; undefined when it stays the same. */
function rewriteOf({ before, strip }: MadeNumber, dialled: ExtensionPattern): WayOut['rewrite'] {
  if (strip === undefined) return before === dialled.literal ? undefined : { pattern: '^.*$', to: before };
  if (before === '' && strip === 0) return undefined;
  return { pattern: `^${strip === 0 ? '' : `.{${strip}}`}(.*)$`, to: `${before}$1` };
}

/** A text as a name of a resource. */
function plainName(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._+-]/g, '-').slice(0, 56);
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

/** The lines that make a program what it is: its first call, and what led there. */
function placesOf({ dials, places }: Program): Place[] {
  const [first] = dials;
  return [...places, ...(first ? [first.step.place, ...first.dial.variables.map(({ place }) => place)] : [])];
}
