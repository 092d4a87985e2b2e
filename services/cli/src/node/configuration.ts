import { type ConfigurationSource, derive, FilesSource } from '@tandem/platform';
import { diagnostics, load, type Secret, type Snapshot } from '@tandem/resource';
import type { NodeStart } from './start.ts';

/** The configuration in force. */
export interface Configuration {
  readonly snapshot: () => Snapshot;
  /** Calls the listener with what is wrong with each change that is refused. */
  onRejected(listener: (problem: string) => void): void;
}

/** Watches the configuration: in etcd when there is one, else in a folder. */
export async function openConfiguration(
  { lifecycle, log }: NodeStart,
  folder: string,
  secret: Secret,
): Promise<Configuration> {
  const builtIn = diagnostics(derive(secret, 'doctor')).resources;
  const cache = new Map();
  const source: ConfigurationSource<Snapshot> = new FilesSource({
    folder,
    load: (path) => load(path, { builtIn, cache }),
    version: ({ version }) => version,
  });
  let current = await lifecycle.start('configuration', {
    open: () => source.start(),
    close: () => source.close(),
  });
  source.onChange((next) => {
    current = next;
    log.info({ version: next.version }, 'configuration changed');
  });
  source.onFault((fault) =>
    log.error({ err: fault }, 'configuration rejected, the previous one stays in force'),
  );
  return {
    snapshot: () => current,
    onRejected: (listener) => source.onFault(({ message }) => listener(message)),
  };
}
