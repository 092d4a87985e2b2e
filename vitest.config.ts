import { defineConfig, type ViteUserConfig } from 'vitest/config';

const survive = 'test/survive/**/*.test.ts';

const config: ViteUserConfig = defineConfig({
  test: {
    // Node runs the TypeScript itself, in tests as in production.
    experimental: { viteModuleRunner: false },
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
          exclude: [survive, '**/node_modules/**'],
          // Most of them wait for something most of the time.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
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
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

export default config;
