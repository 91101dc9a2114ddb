#!/usr/bin/env node
'use strict';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 17)) {
  process.stderr.write(
    `xacct needs Node 20.17 or newer; this is Node ${process.versions.node}\n  install a newer one: https://nodejs.org\n`,
  );
  process.exitCode = 2;
} else {
  try {
    require('../dist/cli.cjs');
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND' || !String(error.message).includes('dist/cli.cjs')) throw error;
    process.stderr.write('xacct is not built in this checkout\n  build it: npm ci\n');
    process.exitCode = 70;
  }
}
