import { type Application, parseApplication } from './application.ts';
import { ExtensionPattern } from './extension-pattern.ts';
import type { Ledger } from './ledger.ts';
import { formatPlace, type Place } from './place.ts';
import type { Option, Section } from './section.ts';
import { parseTiming, type Timing } from './timing.ts';

/** One priority of an extension. */
export interface Step {
  readonly place: Place;
  readonly priority: number;
  /** By which others go there. */
  readonly label?: string;
  readonly application: Application;
}

/** `exten => …` with all its priorities, in order. */
export interface Extension {
  readonly context: string;
  readonly pattern: ExtensionPattern;
  readonly steps: readonly Step[];
}

/** `[context]` of extensions.conf. */
export interface Context {
  readonly name: string;
  /** The lines of its headings. */
  readonly places: readonly Place[];
  readonly extensions: readonly Extension[];
  readonly includes: readonly Inclusion[];
}

/** `include => name`, or `include => name,times,days,dates,months`. */
export interface Inclusion {
  readonly name: string;
  readonly place: Place;
  readonly timing?: Timing;
}

/** extensions.conf. */
export interface Dialplan {
  readonly contexts: ReadonlyMap<string, Context>;
  /** `[globals]`, names in lower case, with their lines. */
  readonly globals: ReadonlyMap<string, Option>;
}

/** Extensions that are events, not numbers. */
const events: ReadonlyMap<string, string> = new Map([
  ['s', 'calls without a number are refused'],
  ['i', 'calls to numbers that nobody has are refused'],
  ['t', 'nobody is waited for'],
  ['h', 'nothing is done after a call'],
  ['o', 'there is no operator'],
  ['a', 'there is no voicemail'],
  ['e', 'nothing can go wrong on the way'],
  ['fax', 'fax is not looked at: it passes as the parties offer it'],
]);

/** Reads extensions.conf. What is no extension is left at once. */
export function readDialplan(sections: readonly Section[], ledger: Ledger): Dialplan {
  const contexts = new Map<string, Context>();
  const globals = new Map<string, Option>();
  for (const section of sections.filter(({ template }) => template)) ledger.template(section);
  const own = sections.filter(({ template }) => !template);
  for (const [name, same] of Map.groupBy(own, (section) => section.name)) {
    const special = ['globals', 'general'].includes(name.toLowerCase());
    for (const { place } of special ? same : [])
      ledger.otherwise(place, 'meaningless', 'says nothing by itself');
    if (name.toLowerCase() === 'general') readGeneral(same, ledger);
    else if (special)
      for (const option of same.flatMap(({ options }) => options)) globals.set(option.name, option);
    else contexts.set(name, readContext(name, same, ledger));
  }
  for (const { place } of own
    .filter(({ name }) => name.toLowerCase() === 'globals')
    .flatMap(({ options }) => options))
    ledger.otherwise(place, 'meaningless', 'no call that is carried over needs it');
  return { contexts, globals };
}

function readGeneral(sections: readonly Section[], ledger: Ledger): void {
  for (const { place } of sections.flatMap(({ options }) => options))
    ledger.meaningless(place, 'tunes Asterisk itself');
}

function readContext(name: string, sections: readonly Section[], ledger: Ledger): Context {
  const reading = new ContextReading(name, ledger);
  for (const section of sections) {
    reading.pattern = undefined;
    for (const option of section.options) reading.option(option);
  }
  const places = sections.map(({ place }) => place);
  return { name, places, extensions: reading.extensions(), includes: reading.includes };
}

/** Priorities count up from line to line: `n` is the one after the last, whichever extension that was of. */
class ContextReading {
  readonly includes: Inclusion[] = [];
  /** Of the last line, which `same` means. */
  pattern: string | undefined;
  readonly #context: string;
  readonly #ledger: Ledger;
  readonly #steps = new Map<string, Step[]>();
  #priority = 0;

  constructor(context: string, ledger: Ledger) {
    this.#context = context;
    this.#ledger = ledger;
  }

  extensions(): Extension[] {
    return [...this.#steps].map(([text, steps]) => ({
      context: this.#context,
      pattern: ExtensionPattern.parse(text)!,
      steps: steps.sort((a, b) => a.priority - b.priority),
    }));
  }

  option({ name, value, place }: Option): void {
    if (name === 'include') this.#include(value, place);
    else if (name === 'ignorepat') this.#ledger.meaningless(place, 'phones make their dial tone themselves');
    else if (name === 'exten') this.#exten(value, place);
    else if (name === 'same') this.#step(this.pattern, value, place);
    else this.#ledger.left(place, 'is no extension and no inclusion');
  }

  #include(value: string, place: Place): void {
    const [name = '', ...times] = value.split(/[,|]/).map((each) => each.trim());
    const isTimed = times.some((time) => time !== '' && time !== '*');
    const timing = isTimed ? parseTiming(times) : undefined;
    if (typeof timing === 'string') this.#ledger.left(place, timing);
    else this.includes.push({ name, place, ...(timing && { timing }) });
  }

  #exten(value: string, place: Place): void {
    const at = endOfPattern(value);
    const pattern = value.slice(0, at).trim();
    this.pattern = undefined;
    if (pattern.includes('/')) {
      this.#ledger.left(place, 'holds for some callers only');
      return;
    }
    const reason = events.get(pattern.toLowerCase());
    if (reason !== undefined) {
      this.#event(reason, place);
      return;
    }
    if (!ExtensionPattern.parse(pattern)) {
      this.#ledger.left(place, 'is neither a number nor a pattern');
      return;
    }
    this.pattern = pattern;
    this.#step(pattern, value.slice(at + 1), place);
  }

  /** The lines with `same` after it are its own. */
  #event(reason: string, place: Place): void {
    this.pattern = `\n${reason}`;
    this.#ledger.left(place, reason);
  }

  #step(pattern: string | undefined, value: string, place: Place): void {
    if (pattern === undefined) {
      this.#ledger.left(place, 'belongs to an extension that could not be read');
      return;
    }
    if (pattern.startsWith('\n')) {
      this.#ledger.left(place, pattern.slice(1));
      return;
    }
    const at = value.indexOf(',');
    // A label in parentheses is for those who go there.
    const [priority = '', label] = value.slice(0, Math.max(0, at)).trim().toLowerCase().split(/[()]/);
    if (priority === 'hint') {
      this.#ledger.left(place, 'no states of phones are kept for others to subscribe to');
      return;
    }
    const number = this.#count(priority.trim());
    const application = parseApplication(value.slice(at + 1));
    if (number === undefined || !application) {
      this.#ledger.left(place, 'has no priority and application that can be read');
      return;
    }
    this.#priority = number;
    const steps = this.#steps.get(pattern) ?? [];
    this.#steps.set(pattern, steps);
    const same = steps.find((step) => step.priority === number);
    if (same) this.#ledger.left(place, `the priority is at ${formatPlace(same.place)} already`);
    else steps.push({ place, priority: number, application, ...(label && { label: label.trim() }) });
  }

  #count(priority: string): number | undefined {
    if (/^\d{1,6}$/.test(priority)) return Number(priority);
    const [, word, more] = /^([ns])(?:\+(\d{1,4}))?$/.exec(priority) ?? [];
    if (word === undefined) return undefined;
    return this.#priority + (word === 'n' ? 1 : 0) + Number(more ?? 0);
  }
}

/** Where the comma is that ends a pattern, which may have some in brackets. */
function endOfPattern(value: string): number {
  let within = false;
  for (let at = 0; at < value.length; at++) {
    if (value[at] === '[') within = true;
    else if (value[at] === ']') within = false;
    else if (value[at] === ',' && !within) return at;
  }
  return value.length;
}
