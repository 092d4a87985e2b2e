import { delimiter } from 'node:path';
import { toolFolder, toolsBuilt } from '../../tools.ts';

// Before a test file of the chart asks what is there: what `pnpm test` builds in the background is awaited.
await toolsBuilt();
process.env.PATH = [toolFolder, process.env.PATH].join(delimiter);
