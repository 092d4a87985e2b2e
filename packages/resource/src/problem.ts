/** One thing that is wrong with the configuration. */
export interface Problem {
  /** Relative to the folder. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** `kind/name`, with `?` for what could not be read. */
  readonly subject: string;
  /** The path of the field, such as `spec.aliases[1]`; empty for the whole document. */
  readonly field: string;
  readonly problem: string;
}

/** `file:line kind/name field: problem`. */
export function formatProblem({ file, line, subject, field, problem }: Problem): string {
  return `${file}:${line} ${subject}${field === '' ? '' : ` ${field}`}: ${problem}`;
}
