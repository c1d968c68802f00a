import { openRows } from '../rows/openRows';
import type { DataSchema, ColumnSchema, ColumnType } from './dataSchema';
import { isMissing, parseValue } from './parseValue';
import type { DataFile } from './validateData';

const MAX_CATEGORIES = 20;
/** The strictest type that all values keep wins. */
const TYPES: readonly ColumnType[] = [
  'integer',
  'number',
  'boolean',
  'datetime',
  'string',
];

interface Seen {
  rows: number;
  missing: number;
  min: number;
  max: number;
  types: Set<ColumnType>;
  values: Set<string>;
}

type InferredColumn = Pick<ColumnSchema, 'name' | 'type'> &
  Partial<ColumnSchema>;

/**
 * Proposes a schema from a file: what all its values keep. For people to
 * correct; what a file happens to hold is not yet a rule.
 * @public
 */
export async function inferSchema(
  file: DataFile,
): Promise<
  Pick<DataSchema, 'apiVersion' | 'kind'> & { columns: InferredColumn[] }
> {
  const source = await openRows(file.path, file.format);
  const columns = new Map<string, Seen>();
  let rows = 0;
  for await (const { values } of source.rows()) {
    if (!values) continue;
    rows += 1;
    for (const [name, value] of Object.entries(values)) {
      const seen = columns.get(name) ?? fresh();
      columns.set(name, seen);
      look(seen, value, source.isText);
    }
  }
  return {
    apiVersion: 'ml.internal/v1alpha1',
    kind: 'DataSchema',
    columns: [...columns].map(([name, seen]) => columnOf(name, seen, rows)),
  };
}

function fresh(): Seen {
  return {
    ...{ rows: 0, missing: 0, min: Infinity, max: -Infinity },
    types: new Set(TYPES),
    values: new Set(),
  };
}

function look(seen: Seen, value: unknown, isText: boolean): void {
  seen.rows += 1;
  if (isMissing(value, isText)) {
    seen.missing += 1;
    return;
  }
  for (const type of seen.types) {
    if (parseValue(value, type, isText) === undefined) seen.types.delete(type);
  }
  const number = parseValue(value, 'number', isText);
  if (typeof number === 'number') {
    seen.min = Math.min(seen.min, number);
    seen.max = Math.max(seen.max, number);
  }
  if (seen.values.size <= MAX_CATEGORIES) seen.values.add(String(value));
}

function columnOf(name: string, seen: Seen, rows: number): InferredColumn {
  const type = TYPES.find(each => seen.types.has(each)) ?? 'string';
  const missing = seen.missing + rows - seen.rows;
  const isNumeric = type === 'integer' || type === 'number';
  const isCategory =
    type === 'string' &&
    seen.values.size > 0 &&
    seen.values.size <= MAX_CATEGORIES &&
    seen.values.size < rows / 2;
  return {
    name,
    type,
    ...(seen.rows < rows && { optional: true }),
    ...(missing > 0 && { maxMissing: Math.ceil((missing / rows) * 100) / 100 }),
    ...(isNumeric &&
      Number.isFinite(seen.min) && { min: seen.min, max: seen.max }),
    ...(isCategory && { allowed: [...seen.values].sort() }),
  };
}
