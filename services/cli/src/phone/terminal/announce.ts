export type OutputFormat = 'text' | 'json';

/** Tells of an event on a line of its own. */
export type Announce = (event: string, fields?: Readonly<Record<string, string | number | boolean>>) => void;

/** Lines for people, or one JSON object a line: `ringing 180`, or `{"event":"ringing","status":180}`. */
export function announcer(format: OutputFormat, write: (line: string) => void): Announce {
  return (event, fields = {}) => {
    write(
      format === 'json' ? JSON.stringify({ event, ...fields }) : [event, ...Object.values(fields)].join(' '),
    );
  };
}
