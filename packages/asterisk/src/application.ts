/** An application of the dialplan with what it is given. */
export interface Application {
  /** In lower case. */
  readonly name: string;
  /** As it is written. */
  readonly written: string;
  readonly data: string;
}

/** Reads `App(data)`, or the older `App,data`; undefined when it is neither. */
export function parseApplication(text: string): Application | undefined {
  const [, written = '', separator, rest = ''] = /^([A-Za-z_]\w*)\s*([(,|]?)(.*)$/.exec(text.trim()) ?? [];
  if (written === '') return undefined;
  if (separator === '(') {
    if (!rest.endsWith(')')) return undefined;
    return { name: written.toLowerCase(), written, data: rest.slice(0, -1) };
  }
  if (separator === '' && rest !== '') return undefined;
  return { name: written.toLowerCase(), written, data: rest };
}

/** The arguments of an application: commas within parentheses, braces, brackets and quotes do not count. */
export function argumentsOf(data: string): readonly string[] {
  return splitOutside(data, ',');
}

/** Splits a text where a character stands outside of parentheses, braces, brackets and quotes. */
export function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) depth = Math.max(0, depth - 1);
    else if (character === separator && depth === 0) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return [...parts, text.slice(from).trim()];
}
