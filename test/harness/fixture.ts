import { afterAll, afterEach, it as base, type TestAPI } from 'vitest';
import { Network } from './network.ts';

afterEach(({ task }) => {
  if (task.result?.state === 'fail') process.stderr.write(`\n${Network.transcript()}`);
});

afterAll(() => Network.closeAll());

/** `it` with a network of its own. What runs on it ends with the test, and is shown when the test fails. */
export const it: TestAPI<{ network: Network }> = base.extend<{ network: Network }>({
  network: async ({ task }, use) => {
    const network = await Network.open(task.name);
    await use(network);
    await network.close();
  },
});
