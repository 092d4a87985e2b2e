import { ConfigurationStore, configurationPrefix, Etcd, etcdUrl, type Log } from '@tandem/platform';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { EtcdServer } from '../../../../test/harness/etcd-server.ts';

/** A configuration in an etcd of its own, which is empty before each test. Made within `describe`. */
export class OwnStore {
  #server!: EtcdServer;
  etcd!: Etcd;
  store!: ConfigurationStore;

  constructor(log: Log) {
    beforeAll(async () => {
      this.#server = await EtcdServer.start();
      this.etcd = new Etcd({ address: etcdUrl.parse(this.#server.url), log });
      this.store = new ConfigurationStore(this.etcd);
    });
    afterAll(async () => {
      await this.etcd.close();
      await this.#server.close();
    });
    beforeEach(async () => {
      for (const key of (await this.store.read()).entries.keys()) await this.#server.write(key);
    });
  }

  /** Past the store; without a text what is there goes away. */
  async put(path: string, text?: string): Promise<void> {
    await this.#server.write(`${configurationPrefix}${path}`, text);
  }
}
