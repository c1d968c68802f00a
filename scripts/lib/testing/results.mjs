import { duration, say } from '../terminal.mjs';

/** Prints the table and the last line; returns the exit code. */
export function printResults(results) {
  const rows = results.map(result => [
    result.failed ? '✗' : '✓',
    result.title,
    `${result.passed} passed`,
    `${result.failed} failed`,
    [
      result.skipped ? `${result.skipped} skipped` : '',
      result.flaky ? `${result.flaky} passed only when tried again` : '',
      result.note ?? '',
      result.took === undefined ? '' : duration(result.took),
    ]
      .filter(Boolean)
      .join(', '),
  ]);
  const widths = rows[0].map((_, column) =>
    Math.max(...rows.map(row => row[column].length)),
  );
  say();
  for (const row of rows) {
    say(
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
  }
  const total = key => results.reduce((sum, result) => sum + result[key], 0);
  const failed = total('failed');
  say();
  // The last line of everything, also for machines.
  console.log(`${total('passed')} passed, ${failed} failed`);
  return failed ? 1 : 0;
}
