import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { PATIENCE } from './test/harness/deadline.ts';

const survive = 'test/survive/**/*.test.ts';
const chart = 'test/chart/**/*.test.ts';

const config: ViteUserConfig = defineConfig({
  test: {
    // Node runs the TypeScript itself, in tests as in production.
    experimental: { viteModuleRunner: false },
    // Longer than any wait within a test, which can tell what was awaited.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: PATIENCE } },
    projects: [
      {
        extends: true,
        test: {
          name: 'tests',
          include: [
            'packages/*/src/**/*.test.ts',
            'services/*/src/**/*.test.ts',
            'test/**/*.test.ts',
            'scripts/*.test.ts',
          ],
          exclude: [survive, chart, '**/node_modules/**'],
          // Most of them wait for something most of the time.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        // After the others: its tools are built in the background when they are not there.
        test: {
          name: 'chart',
          include: [chart],
          benchmark: { include: [] },
          setupFiles: ['test/chart/ready.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        // A whole cluster each: one at a time, when nothing else runs.
        test: {
          name: 'survive',
          include: [survive],
          benchmark: { include: [] },
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});

export default config;
