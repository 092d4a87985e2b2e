import { type StoredConfiguration, storedSources } from '@tandem/platform';
import {
  formatProblem,
  readDocuments,
  type Source,
  splitDocuments,
  toYaml,
  withoutSecrets,
} from '@tandem/resource';
import { Fault } from '@tandem/sip';
import { backupUnusable } from '../faults.ts';

const end = /^# End of (\d+) resources\.$/;

/** A configuration as one stream of YAML, the same for the same configuration; or why it cannot be had. */
export type Backup = { readonly text: string } | { readonly problems: readonly string[] };

/** Every document as it was applied: nothing is read of it, so a newer or older release can have written it. */
export function backupOf(stored: StoredConfiguration): Backup {
  const texts = storedSources(stored.entries).map(({ text }) => text.replace(/^---[ \t]*\r?\n/, ''));
  return { text: stream('It has the secrets of the configuration.', texts) };
}

/** Every document without its secrets, which only one that is right can be. */
export async function exportOf(stored: StoredConfiguration): Promise<Backup> {
  const { located, problems } = await readDocuments(storedSources(stored.entries), new Map());
  if (problems.length > 0) return { problems: problems.map(formatProblem) };
  const texts = located.map(({ text }) => toYaml([withoutSecrets(text)]));
  return { text: stream('It has no secrets, so it cannot be restored where there are some.', texts) };
}

/** Its last line is what tells a whole one from one that was cut off. */
function stream(about: string, texts: readonly string[]): string {
  const documents = texts.map((text) => `---\n${text.endsWith('\n') ? text : `${text}\n`}`);
  return `# A configuration of Tandem. ${about}\n${documents.join('')}---\n# End of ${texts.length} resources.\n`;
}

/** Throws `backup-unusable` when the file is no backup, or only the beginning of one. */
export function checkWhole({ path, text }: Source): void {
  const count = [...splitDocuments(text)].length;
  const said = end.exec(text.trimEnd().split('\n').at(-1) ?? '')?.[1];
  if (said === undefined) throw new Fault(backupUnusable, `${path}: it ends early, after resource ${count}`);
  if (Number(said) !== count) {
    throw new Fault(backupUnusable, `${path}: ${count} of ${said} resources are in it`);
  }
}
