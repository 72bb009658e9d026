/**
 * Adds up the JSON reports of vitest that are named on the command line and prints the last line
 * of a run: `tests: N passed, N failed`. Exits with 1 if a test failed or was skipped, if a file
 * could not be run, or if a report is missing.
 */
import { existsSync, readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
let skipped = 0;
let missing = 0;
for (const path of process.argv.slice(2)) {
  if (!existsSync(path)) {
    console.log(`no report of the tests in ${path}`);
    missing++;
    continue;
  }
  const report = JSON.parse(readFileSync(path, 'utf8'));
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  skipped += report.numPendingTests + report.numTodoTests;
  // A file that does not load has no tests to count.
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((t) => t.status !== 'failed'),
  );
  for (const file of broken) console.log(`did not run: ${file.name}: ${file.message}`);
  failed += broken.length;
  if (report.numTotalTests === 0) missing++;
}
if (skipped > 0) console.log(`${skipped} tests were skipped, which is not allowed`);
console.log(`tests: ${passed} passed, ${failed} failed`);
process.exitCode = failed + skipped + missing > 0 ? 1 : 0;
