import { defineConfig } from 'vitest/config';

/** Where the results go as JSON, for programs that count them. */
const results = process.env['VITEST_RESULTS'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/build.ts',
    testTimeout: 60_000,
    // Many tests wait for processes that they started: one worker for each core, where vitest would leave one free.
    maxWorkers: '100%',
    reporters: results ? ['default', ['json', { outputFile: results }]] : ['default'],
  },
});
