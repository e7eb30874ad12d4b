// Reads a report of vitest: `count.mjs REPORT FAILURES` prints how many tests passed and failed, and adds to the file
// FAILURES what did not pass, for a log of which only the end is kept has to say that too.
import { appendFileSync, readFileSync } from 'node:fs';

const [reportFile, failuresFile] = process.argv.slice(2);
const report = JSON.parse(readFileSync(reportFile, 'utf8'));
for (const file of report.testResults) {
  if (file.message) appendFileSync(failuresFile, `${file.name}: ${file.message}\n`);
  for (const test of file.assertionResults) {
    if (test.status !== 'failed') continue;
    appendFileSync(failuresFile, `${file.name}: ${test.fullName}\n${test.failureMessages.join('\n')}\n\n`);
  }
}
const unexplained = report.numFailedTests === 0 && !report.success ? 1 : 0;
process.stdout.write(`${report.numPassedTests} ${report.numFailedTests + unexplained}\n`);
