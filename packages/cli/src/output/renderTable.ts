import { stripVTControlCharacters } from 'node:util';

/** Pads columns to the width of their widest cell; the last one is left as it is. */
export function renderTable(
  headers: readonly string[],
  rows: ReadonlyArray<readonly string[]>,
): string {
  const all = [headers, ...rows];
  const widths = headers.map((_, column) =>
    Math.max(...all.map(row => widthOf(row[column]))),
  );
  return all
    .map(row =>
      row
        .map((cell, column) =>
          column === row.length - 1
            ? cell
            : cell + ' '.repeat(widths[column] - widthOf(cell)),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Characters that a text takes up on a terminal. */
export function widthOf(cell: string): number {
  return [...stripVTControlCharacters(cell)].length;
}
