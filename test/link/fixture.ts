import { it as base, type TestAPI } from 'vitest';
import { Routers } from './routers.ts';

/** `it` with routers, which end with the test. What they and pools have logged is shown when it fails. */
export const it: TestAPI<{ routers: Routers }> = base.extend<{ routers: Routers }>({
  routers: async ({ task }, use) => {
    const routers = await Routers.open();
    await use(routers);
    await routers.close();
    if (task.result?.state === 'fail') process.stderr.write(`\n${routers.transcript}\n`);
  },
});
