#!/usr/bin/env node
import('../dist/cli/main.js').then(
  ({ main }) => main(process.argv),
  (error) => {
    const missing = error.code === 'ERR_MODULE_NOT_FOUND';
    const what = missing ? 'not built or not installed whole (npm run build)' : 'cannot start';
    process.stderr.write(`systole: ${what}: ${error.message}\n`);
    process.exitCode = 70;
  },
);
