import { describeLocation } from './compliance.ts';
import { MemoryLocation } from './memory.ts';

describeLocation('memory', async (instances) => {
  const location = new MemoryLocation();
  return Array.from({ length: instances }, () => location);
});
