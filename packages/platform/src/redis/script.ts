import { createHash } from 'node:crypto';

/** A script in Lua, which the server runs as one step. All its keys are in one slot: they share a `{tag}`. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

export function script(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}
