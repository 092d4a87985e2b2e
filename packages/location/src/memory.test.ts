import { describeLocation } from './compliance.ts';
import { MemoryLocation } from './memory.ts';

describeLocation('memory', async () => new MemoryLocation());
