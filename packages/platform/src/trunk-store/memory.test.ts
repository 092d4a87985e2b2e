import { trunkStoreCompliance } from './compliance.ts';
import { MemoryTrunkStore } from './memory.ts';

trunkStoreCompliance('memory', async () => {
  const store = new MemoryTrunkStore();
  return [store, store];
});
