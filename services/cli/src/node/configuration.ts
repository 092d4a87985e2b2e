import { join } from 'node:path';
import { type ConfigurationSource, derive, type Etcd, EtcdSource, FilesSource } from '@tandem/platform';
import { diagnostics, load, loadStored, type Secret, type Snapshot } from '@tandem/resource';
import type { NodeStart } from './start.ts';

/** The configuration in force. */
export interface Configuration {
  readonly snapshot: () => Snapshot;
  /** Calls the listener with what is wrong with each change that is refused. */
  onRejected(listener: (problem: string) => void): void;
}

/** Where the configuration is: in etcd when there is one, else in a folder. */
export interface ConfigurationPlace {
  readonly etcd: Etcd | undefined;
  readonly folder: string | undefined;
}

/** Watches the configuration. */
export async function openConfiguration(
  node: NodeStart,
  place: ConfigurationPlace,
  secret: Secret,
): Promise<Configuration> {
  const { lifecycle, log } = node;
  const source = openSource(node, place, secret);
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

function openSource(
  { log, settings }: NodeStart,
  { etcd, folder = '' }: ConfigurationPlace,
  secret: Secret,
): ConfigurationSource<Snapshot> {
  const builtIn = diagnostics(derive(secret, 'doctor')).resources;
  const options = { builtIn, cache: new Map() };
  const version = (snapshot: Snapshot): string => snapshot.version;
  if (!etcd) return new FilesSource({ folder, load: (path) => load(path, options), version });
  return new EtcdSource({
    etcd,
    load: (sources) => loadStored(sources, options),
    version,
    lastGood: join(settings.data, 'configuration'),
    log,
  });
}
