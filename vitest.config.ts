import { defineConfig } from 'vitest/config';

/** Where the results go as JSON, for programs that count them. */
const results = process.env['VITEST_RESULTS'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/build.ts',
    // For a hang; slow machines take several times as long as quick ones.
    testTimeout: 200_000,
    hookTimeout: 200_000,
    // Many tests wait for processes that they started: one worker for each core, where vitest would leave one free.
    maxWorkers: '100%',
    reporters: results ? ['default', ['json', { outputFile: results }]] : ['default'],
  },
});
