import { leasesCompliance } from './leases-compliance.ts';
import { MemoryLeases, type MemoryOwners } from './memory-leases.ts';

leasesCompliance('memory', async () => {
  const owners: MemoryOwners = new Map();
  return () => new MemoryLeases(owners);
});
