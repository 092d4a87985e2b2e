import { argumentsOf } from './application.ts';
import { maxContexts, maxGotos } from './caps.ts';
import { type Dial, parseDial } from './dial.ts';
import type { Context, Dialplan, Extension, Step } from './dialplan.ts';
import { ExtensionPattern } from './extension-pattern.ts';
import type { Ledger } from './ledger.ts';
import { formatPlace, type Place } from './place.ts';

/** Whom an extension calls, one after the other. */
export interface Program {
  /** What `${EXTEN}` is: another extension where the call was sent on. */
  readonly number: ExtensionPattern;
  readonly dials: readonly { readonly dial: Dial; readonly step: Step }[];
  /** All lines that say so. */
  readonly places: readonly Place[];
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
  reach(name: string): readonly Context[] {
    const found = new Map<string, Context>();
    const enter = (next: string): boolean => {
      const context = this.#dialplan.contexts.get(next);
      if (!context || found.has(next) || found.size >= maxContexts) return context !== undefined;
      found.set(next, context);
      for (const include of context.includes) {
        if (enter(include.name)) this.#ledger.carried(include.place);
        else this.#ledger.left(include.place, `there is no context ${include.name}`);
      }
      return true;
    };
    enter(name);
    return [...found.values()];
  }

  /** The extension that has a number in a context. */
  find(context: string, number: string): Extension | undefined {
    for (const { extensions } of this.reach(context)) {
      const matching = extensions.filter(({ pattern }) => pattern.matches(number));
      if (matching.length > 0) return matching.sort((a, b) => a.pattern.compare(b.pattern))[0];
    }
    return undefined;
  }

  read({ pattern, context, steps }: Extension, gotos = 0): Program {
    const dials: { dial: Dial; step: Step }[] = [];
    const places: Place[] = [];
    let ended: string | undefined;
    for (const step of steps) {
      const { place, application } = step;
      const { name, written } = application;
      if (harmless.has(name)) this.#ledger.meaningless(place, harmless.get(name)!);
      else if (ends.has(name)) {
        this.#ledger.meaningless(place, 'a call that nobody takes ends, and its caller is told why');
        ended ??= `comes after ${written} at ${formatPlace(place)}`;
      } else if (ended !== undefined) this.#ledger.left(place, ended);
      else if (name === 'dial') {
        const dial = parseDial(application.data, this.#dialplan.globals);
        if (typeof dial === 'string') {
          this.#ledger.left(place, dial);
          ended = `comes after what is not carried over at ${formatPlace(place)}`;
        } else dials.push({ dial, step });
      } else if (name === 'goto' && dials.length === 0 && gotos < maxGotos) {
        const there = this.#goto({ pattern, context, steps }, step, gotos + 1);
        if (there) return { ...there, places: [...places, place, ...there.places] };
        ended = `comes after Goto at ${formatPlace(place)}`;
      } else {
        this.#ledger.left(place, `${written} is not carried over`);
        if (!missed.has(name))
          ended = `comes after ${written} at ${formatPlace(place)}, which is not carried over`;
      }
    }
    return { number: pattern, dials, places };
  }

  /** What the extension does that a call is sent on to, where that is known beforehand. */
  #goto({ pattern, context }: Extension, { place, application }: Step, gotos: number): Program | undefined {
    const words = argumentsOf(application.data);
    const [priority = '', exten = '', where = context] = words.toReversed();
    const number = /^\$\{EXTEN\}$/.test(exten) ? pattern.literal : exten;
    const plain = number !== undefined && /^[\w+*#.-]+$/.test(number) && priority === '1';
    const target = plain ? this.find(where, number) : undefined;
    if (!target) {
      this.#ledger.left(place, 'where it goes on to is not known beforehand');
      return undefined;
    }
    return { ...this.read(target, gotos), number: ExtensionPattern.parse(number!)! };
  }
}
