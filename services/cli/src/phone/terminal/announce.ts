export type OutputFormat = 'text' | 'json';

/** Tells of an event on a line of its own. */
export type Announce = (event: string, fields?: Readonly<Record<string, string | number | boolean>>) => void;

/** Lines for people, or a JSON object on each: `ringing status=180`, or `{"event":"ringing","status":180}`. */
export function announcer(format: OutputFormat, write: (line: string) => void): Announce {
  return (event, fields = {}) => {
    if (format === 'json') write(JSON.stringify({ event, ...fields }));
    else
      write([event, ...Object.entries(fields).map(([name, value]) => `${name}=${spell(value)}`)].join(' '));
  };
}

function spell(value: string | number | boolean): string {
  const text = String(value);
  return /[\s"]/.test(text) ? JSON.stringify(text) : text;
}
