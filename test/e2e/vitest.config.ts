/** End-to-end tests: the built command line as a process, against real peers. One file at a time: each starts servers of its own. */
import { defineConfig } from 'vitest/config';
import { reporters } from '../support/report.ts';

export default defineConfig({
  test: {
    reporters,
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/e2e/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    bail: 0,
  },
});
