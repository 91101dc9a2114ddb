/** End-to-end tests: the built command line as a process, against real peers. Each file starts servers of its own, on free ports. */
import { defineConfig } from 'vitest/config';
import { viteTemplates } from '../../scripts/template-plugin.mjs';
import { reporters } from '../support/report.ts';

export default defineConfig({
  plugins: [viteTemplates],
  define: { XACCT_VERSION: JSON.stringify('0.0.0-test') },
  test: {
    reporters,
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/e2e/**/*.test.ts'],
    // Terraform keeps a core busy: more at once only makes all of them late.
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
