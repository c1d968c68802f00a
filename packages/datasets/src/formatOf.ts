import { extname } from 'node:path';
import { INPUT_FORMATS, type RowFormat } from './rows/SourceRow';

/**
 * The format of a data file by its name; undefined where it tells none.
 * @public
 */
export function formatOf(path: string): RowFormat | undefined {
  const ending = extname(path).slice(1).toLowerCase();
  if (ending === 'ndjson') return 'jsonl';
  return INPUT_FORMATS.find(format => format === ending);
}
