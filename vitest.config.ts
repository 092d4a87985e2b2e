import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    // Node runs the TypeScript itself, in tests as in production.
    experimental: { viteModuleRunner: false },
    include: [
      'packages/*/src/**/*.test.ts',
      'services/*/src/**/*.test.ts',
      'test/**/*.test.ts',
      'scripts/*.test.ts',
    ],
  },
});

export default config;
