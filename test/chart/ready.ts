import { toolsBuilt } from '../tools.ts';

// Before a test file of the chart asks what is there: what `pnpm test` builds in the background is awaited.
await toolsBuilt();
