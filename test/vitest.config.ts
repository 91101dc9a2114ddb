import { defineConfig } from 'vitest/config';
import { viteTemplates } from '../scripts/template-plugin.mjs';
import { reporters } from './support/report.ts';

export default defineConfig({
  plugins: [viteTemplates],
  define: { XACCT_VERSION: JSON.stringify('0.0.0-test') },
  test: {
    reporters,
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'test/bin/**'],
    // Loading the same modules for each of a hundred files took half of the time; no module here keeps state.
    isolate: false,
    // Half of the time is waiting for loopback, and one worker is what vitest takes on two cores.
    maxWorkers: 2,
    sequence: { shuffle: true },
    testTimeout: 20_000,
  },
});
