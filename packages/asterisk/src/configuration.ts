import { Fault } from '@tandem/sip';
import { maxAllOptions, maxFiles, maxIncludeDepth, maxOptions } from './caps.ts';
import { importTooLarge, importUnreadable } from './faults.ts';
import type { Folder } from './folder.ts';
import { parseHeading } from './heading.ts';
import { filesOf, parseDirective } from './inclusion.ts';
import type { Ledger } from './ledger.ts';
import { type Line, linesOf } from './line.ts';
import { formatPlace, type Place } from './place.ts';
import type { Option, Section } from './section.ts';

type Writable = Section & { readonly options: Option[] };

/**
 * Reads a file with all that it includes into sections that have what their templates say. Enters every line into the
 * ledger, and leaves those there that are none. Throws `import-unreadable` and `import-too-large`.
 */
export function readConfiguration(folder: Folder, path: string, ledger: Ledger): readonly Section[] {
  const reader = new Reader(folder, ledger);
  const problem = reader.file(path, []);
  if (problem !== undefined) throw new Fault(importUnreadable, problem);
  return reader.sections;
}

class Reader {
  readonly sections: Writable[] = [];
  readonly #byName = new Map<string, Writable[]>();
  readonly #folder: Folder;
  readonly #ledger: Ledger;
  #current: Writable | undefined;
  /** Sections in a row that could not be read: their options belong to nobody. */
  #lost = false;
  #files = 0;
  #options = 0;

  constructor(folder: Folder, ledger: Ledger) {
    this.#folder = folder;
    this.#ledger = ledger;
  }

  /** `within` are the files that include it. What is wrong is told by the line that asks for the file. */
  file(path: string, within: readonly string[]): string | undefined {
    if (within.includes(path)) return `${path} includes itself`;
    if (within.length >= maxIncludeDepth) return `files include each other more than ${maxIncludeDepth} deep`;
    if (++this.#files > maxFiles) throw new Fault(importTooLarge, `more than ${maxFiles} files, at ${path}`);
    const read = this.#folder.read(path);
    if ('problem' in read) return `${path} ${read.problem}`;
    // What includes a file twice says everything in it twice; the lines are the same.
    for (const line of linesOf(read.text))
      this.#line({ file: path, line: line.number }, line, [...within, path]);
    return undefined;
  }

  #line(place: Place, { text, problem }: Line, within: readonly string[]): void {
    if (problem !== undefined) {
      this.#ledger.enter(place, '');
      this.#ledger.left(place, problem);
    } else if (text.startsWith('[')) this.#heading(place, text);
    else if (text.startsWith('#')) this.#directive(place, text, within);
    else this.#option(place, text);
  }

  #heading(place: Place, text: string): void {
    const heading = parseHeading(text);
    this.#ledger.enter(place, heading ? `[${heading.name}]` : '');
    this.#current = undefined;
    this.#lost = true;
    if (!heading) {
      this.#ledger.left(place, 'is no heading of a section');
      return;
    }
    const { name, template, addition, filters } = heading;
    const same = this.#byName.get(name) ?? [];
    const added = addition ? same.find((each) => filters.every((filter) => says(each, filter))) : undefined;
    if (addition && !added) {
      this.#ledger.left(place, `there is no section ${name} to add to`);
      return;
    }
    const section = added ?? { name, place, template, options: [] };
    for (const parent of heading.parents) {
      const [first] = this.#byName.get(parent) ?? [];
      if (!first) {
        this.#ledger.left(place, `there is no section ${parent} before it to inherit from`);
        return;
      }
      for (const option of first.options) this.#add(section, option);
    }
    this.#current = section;
    this.#lost = false;
    if (added) {
      this.#ledger.carried(place);
      return;
    }
    this.sections.push(section);
    this.#byName.set(name, [...same, section]);
  }

  #directive(place: Place, text: string, within: readonly string[]): void {
    const { name, target } = parseDirective(text);
    this.#ledger.enter(place, `#${name}`);
    if (name === 'exec') {
      this.#ledger.left(place, 'nothing is executed: import what it prints');
      return;
    }
    if (name !== 'include' && name !== 'tryinclude') {
      this.#ledger.left(place, 'is no directive');
      return;
    }
    const files = filesOf(this.#folder, target);
    const problems = 'problem' in files ? [files.problem] : files.map((file) => this.file(file, within));
    const problem = problems.find((each) => each !== undefined);
    if (problem === undefined) this.#ledger.carried(place);
    else if (name === 'tryinclude') this.#ledger.meaningless(place, problem);
    else this.#ledger.left(place, problem);
  }

  #option(place: Place, text: string): void {
    const at = text.indexOf('=');
    const appended = at > 0 && text[at - 1] === '+';
    const name = text
      .slice(0, appended ? at - 1 : at)
      .trim()
      .toLowerCase();
    const value = text.slice(text[at + 1] === '>' ? at + 2 : at + 1).trim();
    this.#ledger.enter(place, this.#current ? `[${this.#current.name}] ${at > 0 ? name : ''}`.trim() : name);
    if (at <= 0) {
      this.#ledger.left(place, 'is neither a section nor an option');
      return;
    }
    if (this.#lost) {
      this.#ledger.left(place, 'belongs to a section that could not be read');
      return;
    }
    if (!this.#current) {
      this.#ledger.left(place, 'stands before any section');
      return;
    }
    const before = appended ? this.#current.options.findLast((option) => option.name === name)?.value : '';
    this.#add(this.#current, { name, value: `${before ?? ''}${value}`, place });
  }

  #add(section: Writable, option: Option): void {
    const where = `[${section.name}] at ${formatPlace(section.place)}`;
    if (section.options.length >= maxOptions) {
      throw new Fault(
        importTooLarge,
        `more than ${maxOptions} options with those of its templates: ${where}`,
      );
    }
    if (++this.#options > maxAllOptions) {
      throw new Fault(importTooLarge, `more than ${maxAllOptions} options in all: ${where}`);
    }
    section.options.push(option);
  }
}

function says({ options }: Section, [name, value]: readonly [string, string]): boolean {
  return options.some((option) => option.name === name && option.value === value);
}
