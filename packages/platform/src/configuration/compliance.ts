import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Told } from './compliance-told.ts';
import type { ConfigurationSource } from './source.ts';

/** The configuration of these tests: texts by name. */
export type Documents = Readonly<Record<string, string>>;

/** Somewhere that documents can be written and read from. */
export interface DocumentStore {
  put(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** A source whose snapshot is what `check` makes of all documents; a document that throws there is rejected. */
  open(check: (documents: Documents) => Documents): ConfigurationSource<Documents>;
}

/** What each backing of the configuration has to do. `make` gives an empty store. */
export function configurationSourceCompliance(name: string, make: () => Promise<DocumentStore>): void {
  describe(`configuration by ${name}`, () => {
    const opened: ConfigurationSource<Documents>[] = [];
    let store: DocumentStore;

    beforeEach(async () => {
      store = await make();
    });
    afterEach(() => Promise.all(opened.splice(0).map((source) => source.close())));

    function open(): ConfigurationSource<Documents> {
      const source = store.open(check);
      opened.push(source);
      return source;
    }

    async function watch(): Promise<Told> {
      const source = open();
      const told = new Told(source);
      await source.start();
      return told;
    }

    it('begins with what is there', async () => {
      await store.put('a', '1');
      await store.put('b', '2');
      expect(await open().start()).toEqual({ a: '1', b: '2' });
    });

    it('begins with nothing when nothing is there', async () => {
      expect(await open().start()).toEqual({});
    });

    it('does not begin with what is rejected', async () => {
      await store.put('a', 'broken');
      await expect(open().start()).rejects.toThrow('a is broken');
    });

    it('tells what was added, changed and removed', async () => {
      const told = await watch();
      await store.put('a', '1');
      await told.change({ a: '1' });
      await store.put('b', '2');
      await told.change({ a: '1', b: '2' });
      await store.put('a', '3');
      await told.change({ a: '3', b: '2' });
      await store.remove('b');
      await told.change({ a: '3' });
      expect(told.faults).toEqual([]);
    });

    it('tells the last of many changes', async () => {
      const told = await watch();
      for (let index = 0; index < 50; index++) await store.put('a', String(index));
      await told.change({ a: '49' });
    });

    it('says why it rejected a change, and goes on from what was before', async () => {
      await store.put('a', '1');
      const told = await watch();
      await store.put('b', 'broken');
      await told.fault('b is broken');
      expect(told.changes).toEqual([]);
      await store.put('b', '2');
      await told.change({ a: '1', b: '2' });
    });

    it('tells again what was before when a rejected change is taken back', async () => {
      await store.put('a', '1');
      const told = await watch();
      await store.put('b', 'broken');
      await told.fault('b is broken');
      await store.remove('b');
      await told.change({ a: '1' });
    });

    it('tells every source of the same store', async () => {
      const [one, two] = [await watch(), await watch()];
      await store.put('a', '1');
      await Promise.all([one.change({ a: '1' }), two.change({ a: '1' })]);
    });

    it('tells nothing after it is closed, which may be done twice', async () => {
      const [closed, other] = [await watch(), await watch()];
      const [source] = opened;
      await Promise.all([source!.close(), source!.close()]);
      await store.put('a', '1');
      await other.change({ a: '1' });
      await store.put('a', 'broken');
      await other.fault('a is broken');
      expect([closed.changes, closed.faults]).toEqual([[], []]);
    });
  });
}

function check(documents: Documents): Documents {
  for (const [name, text] of Object.entries(documents)) {
    if (text === 'broken') throw new Error(`${name} is broken`);
  }
  return documents;
}
