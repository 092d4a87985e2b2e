import { Etcd } from '@tandem/platform';
import type { NodeStart } from './start.ts';

/** Connects to etcd; undefined when there is none. */
export async function openEtcd({ lifecycle, log, metrics, settings }: NodeStart): Promise<Etcd | undefined> {
  const { etcdUrl: address, etcdProtect } = settings;
  if (!address) return undefined;
  const etcd = await lifecycle.start('etcd', {
    open: () => new Etcd({ address, protects: etcdProtect === 'on', log }),
    close: (part) => part.close(),
  });
  etcd.observe(metrics);
  return etcd;
}
