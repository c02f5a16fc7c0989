import { defineConfig } from 'vitest/config';

/** Where the results go as JSON, for programs that count them. */
const results = process.env['VITEST_RESULTS'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/build.ts',
    testTimeout: 30_000,
    reporters: results ? ['default', ['json', { outputFile: results }]] : ['default'],
  },
});
