#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Half of the time of a short command goes into reading its own code: what one start has compiled, the next one finds.
enableCompileCache();
await import('./program.ts');
