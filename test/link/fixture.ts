import { it as base, type TestAPI } from 'vitest';
import { Routers } from './routers.ts';

/** `it` with routers, which end with the test. */
export const it: TestAPI<{ routers: Routers }> = base.extend<{ routers: Routers }>({
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads which fixtures this one needs.
  routers: async ({}, use) => {
    const routers = await Routers.open();
    await use(routers);
    await routers.close();
  },
});
