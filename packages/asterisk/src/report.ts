import type { Import } from './import.ts';
import type { Entry } from './ledger.ts';

/** What an import tells: what was made, then every line that is not carried over, or every line, with its reason. */
export function reportOf({ counts, entries, unread }: Import, everything: boolean): string[] {
  const left = entries.filter(({ fate }) => fate === 'left');
  const made = Array.from(counts, ([kind, count]) => `${count} ${kind}${count === 1 ? '' : 's'}`);
  const told = everything ? entries : left;
  return [
    `made: ${made.join(', ')}`,
    `lines: ${entries.length} in all, ${count(entries, 'carried')} carried over, ` +
      `${count(entries, 'meaningless')} without meaning here, ${left.length} not carried over`,
    ...grouped(told).map((group) => tell(group, everything)),
    ...unread.map(
      (file) => `${file}: is not read: only pjsip.conf, sip.conf, extensions.conf and what they include are`,
    ),
  ];
}

function count(entries: readonly Entry[], fate: Entry['fate']): number {
  return entries.filter((entry) => entry.fate === fate).length;
}

/** Lines that follow each other with the same fate, for the same reason, are told of together. */
function grouped(entries: readonly Entry[]): Entry[][] {
  const groups: Entry[][] = [];
  for (const entry of entries) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    const same = last && last.file === entry.file && last.fate === entry.fate && last.reason === entry.reason;
    if (same && sectionOf(last) === sectionOf(entry)) group!.push(entry);
    else groups.push([entry]);
  }
  return groups;
}

function sectionOf({ what }: Entry): string {
  return what.startsWith('[') ? what.slice(0, what.indexOf(']') + 1) : '';
}

/** `file:line [section] option: reason`. */
function tell(group: readonly Entry[], everything: boolean): string {
  const [first, last] = [group[0]!, group.at(-1)!];
  const section = sectionOf(first);
  const options = group.map(({ what }) => what.slice(section.length).trim()).filter((name) => name !== '');
  const lines = first.line === last.line ? `${first.line}` : `${first.line}-${last.line}`;
  const what = [section, [...new Set(options)].join(', ')].filter((each) => each !== '').join(' ');
  const fate = everything ? `${words[first.fate]}${first.reason === '' ? '' : ': '}` : '';
  return `${first.file}:${lines} ${what === '' ? '' : `${what}: `}${fate}${first.reason}`;
}

const words: Readonly<Record<Entry['fate'], string>> = {
  carried: 'carried over',
  meaningless: 'without meaning here',
  left: 'not carried over',
};
