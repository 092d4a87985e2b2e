import { argumentsOf } from './application.ts';
import { maxContexts, maxGotos } from './caps.ts';
import { type Dial, parseDial } from './dial.ts';
import type { Context, Dialplan, Extension, Inclusion, Step } from './dialplan.ts';
import { ExtensionPattern } from './extension-pattern.ts';
import type { Ledger } from './ledger.ts';
import { formatPlace, type Place } from './place.ts';
import { parseTiming, type Timing } from './timing.ts';

/** Whom an extension calls, one after the other. */
export interface Program {
  /** What `${EXTEN}` is: another extension where the call was sent on. */
  readonly number: ExtensionPattern;
  readonly dials: readonly { readonly dial: Dial; readonly step: Step }[];
  /** Whom it calls instead at some times, the first one that holds. */
  readonly timed: readonly TimedProgram[];
  /** All lines that say so. */
  readonly places: readonly Place[];
}

/** A program that is for some times. */
interface TimedProgram extends Pick<Program, 'number' | 'dials'> {
  readonly timing: Timing;
  readonly place: Place;
}

/** A context that calls come to, and when. */
export interface ReachedContext {
  readonly context: Context;
  /** Undefined for any time. */
  readonly inclusion: Inclusion | undefined;
}

/** Applications that change nothing about where a call goes. */
const harmless: ReadonlyMap<string, string> = new Map([
  ...['noop', 'verbose', 'log', 'dumpchan'].map((name) => [name, 'says something to people only'] as const),
  ...['answer', 'progress', 'ringing', 'proceeding'].map(
    (name) => [name, 'who is called rings and answers'] as const,
  ),
  ...['wait', 'waitexten'].map((name) => [name, 'nobody has to wait'] as const),
]);
const ends: ReadonlySet<string> = new Set(['hangup', 'congestion', 'busy']);
/** Applications that are missed, but without which the call goes the same way. */
const missed: ReadonlySet<string> = new Set([
  ...[
    'set',
    'setglobalvar',
    'sipaddheader',
    'sipremoveheader',
    'playback',
    'background',
    'playtones',
    'musiconhold',
  ],
  ...[
    'mixmonitor',
    'stopmixmonitor',
    'monitor',
    'setcallerpres',
    'setcidname',
    'setcidnum',
    'setmusiconhold',
    'userevent',
  ],
]);

/** Reads what extensions do, as far as that is calling somebody. */
export class Programs {
  readonly #dialplan: Dialplan;
  readonly #ledger: Ledger;

  constructor(dialplan: Dialplan, ledger: Ledger) {
    this.#dialplan = dialplan;
    this.#ledger = ledger;
  }

  /** A context with all that it includes, in the order in which Asterisk looks. */
  reach(name: string): readonly ReachedContext[] {
    const found = new Map<string, ReachedContext>();
    const enter = (next: string, inclusion: Inclusion | undefined): boolean => {
      const context = this.#dialplan.contexts.get(next);
      if (!context || found.has(next) || found.size >= maxContexts) return context !== undefined;
      found.set(next, { context, inclusion });
      for (const include of context.includes) {
        if (include.timing && inclusion) this.#ledger.left(include.place, nested);
        else if (enter(include.name, include.timing ? include : inclusion))
          this.#ledger.carried(include.place);
        else this.#ledger.left(include.place, `there is no context ${include.name}`);
      }
      return true;
    };
    enter(name, undefined);
    return [...found.values()];
  }

  /** The extension that has a number in a context. */
  find(context: string, number: string): Extension | undefined {
    for (const reached of this.reach(context)) {
      const matching = reached.context.extensions.filter(({ pattern }) => pattern.matches(number));
      if (matching.length > 0) return matching.sort((a, b) => a.pattern.compare(b.pattern))[0];
    }
    return undefined;
  }

  /** What an extension does from a step on; `jumps` are those that led there. */
  read(extension: Extension, from = 0, jumps = 0): Program {
    const { pattern, steps } = extension;
    const dials: { dial: Dial; step: Step }[] = [];
    let ended: string | undefined;
    for (const [index, step] of steps.entries()) {
      if (index < from) continue;
      const { place, application } = step;
      const { name, written } = application;
      const mayJump = dials.length === 0 && jumps < maxGotos && ended === undefined;
      if (harmless.has(name)) this.#ledger.meaningless(place, harmless.get(name)!);
      else if (ends.has(name)) {
        this.#ledger.meaningless(place, 'a call that nobody takes ends, and its caller is told why');
        ended ??= `comes after ${written} at ${formatPlace(place)}`;
      } else if (ended !== undefined) this.#ledger.otherwise(place, 'left', ended);
      else if (name === 'dial') {
        const dial = parseDial(application.data, this.#dialplan.globals);
        if (typeof dial === 'string') {
          this.#ledger.left(place, dial);
          ended = `comes after what is not carried over at ${formatPlace(place)}`;
        } else dials.push({ dial, step });
      } else if (mayJump && (name === 'goto' || name === 'gotoiftime')) {
        const there =
          name === 'goto'
            ? this.#jump(extension, step, application.data, jumps + 1)
            : this.#byTime(extension, index, jumps + 1);
        if (there) return { ...there, places: [place, ...there.places] };
        ended = `comes after ${written} at ${formatPlace(place)}`;
      } else {
        this.#ledger.left(place, `${written} is not carried over`);
        if (!missed.has(name))
          ended = `comes after ${written} at ${formatPlace(place)}, which is not carried over`;
      }
    }
    return { number: pattern, dials, timed: [], places: [] };
  }

  /** `GotoIfTime(times,days,dates,months?there:otherwise)` */
  #byTime(extension: Extension, index: number, jumps: number): Program | undefined {
    const step = extension.steps[index]!;
    const { place, application } = step;
    const [times = '', targets = ''] = application.data.split('?');
    const timing = parseTiming(times.split(/[,|]/));
    if (typeof timing === 'string') {
      this.#ledger.left(place, timing);
      return undefined;
    }
    const [there = '', otherwise = ''] = targets.split(':');
    const then = this.#jump(extension, step, there, jumps);
    const or =
      otherwise.trim() === ''
        ? this.read(extension, index + 1, jumps)
        : this.#jump(extension, step, otherwise, jumps);
    if (!then || !or) return undefined;
    const calls = [then, or].every(({ dials, timed }) => dials.length + timed.length > 0);
    const problem =
      then.timed.length > 0
        ? nested
        : calls
          ? undefined
          : 'at some times nobody is called that is carried over';
    if (problem === undefined) {
      const { number, dials } = then;
      return {
        ...or,
        timed: [{ timing, place, number, dials }, ...or.timed],
        places: [...then.places, ...or.places],
      };
    }
    this.#ledger.left(place, problem);
    for (const { step: left } of [then, or, ...or.timed].flatMap(({ dials }) => dials))
      this.#ledger.left(left.place, `comes after GotoIfTime at ${formatPlace(place)}`);
    return undefined;
  }

  /** What is done where a call is sent on to, where that is known beforehand: `label`, or `context,number,label`. */
  #jump(extension: Extension, { place }: Step, data: string, jumps: number): Program | undefined {
    const { pattern, context } = extension;
    const words = argumentsOf(data.replaceAll('|', ','));
    const [label = '', exten, where = context] = words.toReversed();
    if (exten === undefined) {
      const at = stepOf(extension, label);
      if (at !== undefined) return this.read(extension, at, jumps);
    } else {
      const number = /^\$\{EXTEN\}$/.test(exten) ? pattern.literal : exten;
      const target =
        number !== undefined && /^[\w+*#.-]+$/.test(number) ? this.find(where, number) : undefined;
      const at = target && stepOf(target, label);
      if (at !== undefined)
        return { ...this.read(target!, at, jumps), number: ExtensionPattern.parse(number!)! };
    }
    this.#ledger.left(place, 'where it goes on to is not known beforehand');
    return undefined;
  }
}

export const nested = 'holds at some times of others only, which no schedule says';

/** Where a priority or a label is. */
function stepOf({ steps }: Extension, label: string): number | undefined {
  const at = steps.findIndex(
    (step) => String(step.priority) === label.trim() || step.label === label.trim().toLowerCase(),
  );
  return at < 0 ? undefined : at;
}
