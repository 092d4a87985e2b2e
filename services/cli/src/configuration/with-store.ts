import { ConfigurationStore, createLog, Etcd, parseSettings, sharedSettings } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import type { Command } from 'commander';
import { addSettings } from '../commands/settings-options.ts';
import { configurationElsewhere } from '../faults.ts';
import { everySetting } from '../settings.ts';

const { etcdUrl, etcdProtect } = sharedSettings;
const log = createLog({ level: 'silent', node: '', destination: 2 });
/** Milliseconds that etcd may take to answer at all. */
const patienceMs = 5_000;

/** What {@link addStore} lets a user say. */
export interface StoreFlags {
  readonly etcdUrl?: string;
}

/** Gives a command the flag for where the configuration is stored. */
export function addStore(command: Command): Command {
  return addSettings(command, { etcdUrl });
}

/** Uses the configuration in etcd. Rejects with a Fault when there is none. */
export function withStore<T>(
  flags: StoreFlags,
  use: (store: ConfigurationStore, etcd: Etcd) => Promise<T>,
): Promise<T> {
  return withEtcd(flags, (etcd) => use(new ConfigurationStore(etcd), etcd));
}

async function withEtcd<T>(flags: StoreFlags, use: (etcd: Etcd) => Promise<T>): Promise<T> {
  const input = { flags: { etcdUrl: flags.etcdUrl }, env: process.env, others: everySetting };
  const { etcdUrl: address, etcdProtect: protects } = parseSettings({ etcdUrl, etcdProtect }, input);
  if (!address) throw new Fault(configurationElsewhere, 'TANDEM_ETCD_URL is not set');
  const etcd = new Etcd({ address, protects: protects === 'on', log });
  try {
    await etcd.connection(patienceMs);
    return await use(etcd);
  } finally {
    await etcd.close();
  }
}
