/** What stands in `[name](!,template,template)`, `[name](+)` or `[name](+option=value)`. */
export interface Heading {
  readonly name: string;
  readonly template: boolean;
  /** Adds to a section that is there already. */
  readonly addition: boolean;
  /** What that section has to say, in an addition. */
  readonly filters: readonly (readonly [name: string, value: string])[];
  readonly parents: readonly string[];
}

/** Reads a line that begins with `[`; undefined when it is no heading. */
export function parseHeading(line: string): Heading | undefined {
  const end = line.indexOf(']');
  if (end < 0) return undefined;
  const name = line.slice(1, end).trim();
  const rest = line.slice(end + 1).trim();
  if (name === '') return undefined;
  if (rest === '') return { name, template: false, addition: false, filters: [], parents: [] };
  if (!rest.startsWith('(') || !rest.endsWith(')')) return undefined;
  return withMarks(name, rest.slice(1, -1));
}

function withMarks(name: string, marks: string): Heading {
  const words = marks
    .split(/[,&]/)
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const pairs = words.map((word) => word.replace(/^\+/, '')).filter((word) => word.includes('='));
  return {
    name,
    template: words.includes('!'),
    addition: words.some((word) => word.startsWith('+')),
    filters: pairs.map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at).trim().toLowerCase(), pair.slice(at + 1).trim()] as const;
    }),
    parents: words.filter((word) => word !== '!' && !word.startsWith('+') && !word.includes('=')),
  };
}
