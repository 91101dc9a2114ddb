/** The packed tarball, as somebody gets it who has nothing but Node and npm. XACCT_NODE runs it on another Node, XACCT_TARBALL takes a packed one. */
import { defineConfig } from 'vitest/config';
import { reporters } from '../support/report.ts';

export default defineConfig({
  test: {
    reporters,
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/bin/**/*.test.ts'],
    // Its bounds are of the Node that everything runs on.
    exclude: process.env['XACCT_NODE'] === undefined ? [] : ['test/bin/start.test.ts'],
    globalSetup: ['test/bin/pack.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
