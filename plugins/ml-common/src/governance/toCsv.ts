/**
 * A table as CSV (RFC 4180). A spreadsheet takes a cell that begins with one of
 * these for a formula, and would carry out what somebody wrote into a reason;
 * behind an apostrophe it is text.
 * @public
 */
export function toCsv(
  header: readonly string[],
  rows: ReadonlyArray<ReadonlyArray<string | undefined>>,
): string {
  return [header, ...rows]
    .map(row => `${row.map(cell => toCell(cell ?? '')).join(',')}\r\n`)
    .join('');
}

function toCell(text: string): string {
  const harmless = /^\s*[=+\-@|%]|^[\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n;\t]/.test(harmless)
    ? `"${harmless.replaceAll('"', '""')}"`
    : harmless;
}
