import { callLimitsCompliance } from './compliance.ts';
import { MemoryCallLimits } from './memory.ts';

callLimitsCompliance('memory', async (instances) => {
  const limits = new MemoryCallLimits();
  return Array.from({ length: instances }, () => limits);
});
