import type {
  ComparisonRow,
  VersionComparison,
} from '@ml-platform/plugin-ml-common';
import { formatBytes } from '../../output/format';
import type { Output } from '../../output/Output';
import { renderTable } from '../../output/renderTable';

/** Longer values stand below each other; nothing is cut off that may differ. */
const LONGEST_CELL = 40;

/** A comparison for people: a table a section. */
export function comparisonText(
  { sections, versions }: VersionComparison,
  { paint }: Output,
): string {
  const isOneModel = new Set(versions.map(item => item.model)).size === 1;
  const titles = versions.map(({ model, version }) =>
    isOneModel ? version : `${model}@${version}`,
  );
  const width = Math.max(...titles.map(title => title.length));
  const below = `\n${' '.repeat(width + 4)}`;
  return sections
    .map(({ name, rows }) => {
      const cells = rows.map(row => ({
        name: row.name,
        values: row.values.map(value => cellOf(row, value)),
      }));
      const isLong = (row: { values: string[] }) =>
        row.values.some(
          value => value.length > LONGEST_CELL || value.includes('\n'),
        );
      const short = cells.filter(row => !isLong(row));
      return [
        paint('bold', name.toUpperCase()),
        ...(short.length
          ? [
              renderTable(
                ['', ...titles].map(title => paint('dim', title)),
                short.map(row => [row.name, ...row.values]),
              ),
            ]
          : []),
        ...cells
          .filter(isLong)
          .map(row =>
            [
              row.name,
              ...row.values.map(
                (value, index) =>
                  `  ${paint('dim', titles[index].padEnd(width))}  ${value
                    .split('\n')
                    .join(below)}`,
              ),
            ].join('\n'),
          ),
      ].join('\n');
    })
    .join('\n\n');
}

function cellOf(
  { kind }: ComparisonRow,
  value: ComparisonRow['values'][number],
): string {
  if (value === undefined) return '-';
  if (kind === 'bytes') return formatBytes(Number(value));
  if (kind === 'digest') return String(value).slice(0, 19);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const items = (Array.isArray(value) ? value : [value]).map(item =>
    String(item).trim().replace(/\s+/g, ' '),
  );
  const line = items.join(', ');
  return line.length > LONGEST_CELL ? items.join('\n') : line;
}
