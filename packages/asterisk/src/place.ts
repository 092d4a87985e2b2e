/** Where something is written. */
export interface Place {
  /** Relative to the folder that is imported. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** `file:line`. */
export function formatPlace({ file, line }: Place): string {
  return `${file}:${line}`;
}
