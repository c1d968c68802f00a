import { ToolError } from '@ml-platform/packaging';
import { openRows } from '../rows/openRows';
import type { RowFormat, RowSource } from '../rows/SourceRow';
import { checkDrift, type DriftFigures } from './checkDrift';
import { ColumnCheck, type DataFinding } from './ColumnCheck';
import type { DataSchema } from './dataSchema';

const ABSENT = 'the column is not there';

/**
 * A data file.
 * @public
 */
export interface DataFile {
  path: string;
  format: RowFormat;
}

/**
 * What came of a validation.
 * @public
 */
export interface DataReport {
  rows: number;
  findings: DataFinding[];
  /** By column, where there is a reference. */
  drift: DriftFigures[];
}

/**
 * Checks a data file against its schema, row by row, and its distributions
 * against those of a reference.
 * @public
 */
export async function validateData(
  file: DataFile,
  options: { schema: DataSchema; reference?: DataFile },
): Promise<DataReport> {
  const { reference, schema } = options;
  const current = await scan(file, schema);
  const report: DataReport = {
    rows: current.rows,
    findings: current.findings,
    drift: [],
  };
  if (!reference) return report;
  const before = await scan(reference, schema);
  const absent = before.findings.find(
    ({ check, message }) => check === 'columns' && message === ABSENT,
  );
  if (absent) {
    throw new ToolError({
      code: 'REFERENCE_UNFIT',
      message: `The reference ${reference.path} has no column '${absent.column}', so there is nothing to compare with`,
    });
  }
  for (const column of schema.columns) {
    const drift = checkDrift(column, {
      current: current.columns.get(column.name)!,
      reference: before.columns.get(column.name)!,
      general: schema.drift,
    });
    if (drift) report.drift.push(drift.figures);
    if (drift?.finding) report.findings.push(drift.finding);
  }
  return report;
}

async function scan(file: DataFile, schema: DataSchema) {
  const source = await openRows(file.path, file.format);
  const findings = checkColumns(source, schema);
  const columns = new Map(
    schema.columns.map(column => {
      const place = source.columns?.indexOf(column.name) ?? -1;
      return [
        column.name,
        new ColumnCheck(column, place === -1 ? undefined : place + 1),
      ];
    }),
  );
  const known = new Set(source.columns);
  const checked = schema.columns.filter(
    ({ name }) => !source.columns || known.has(name),
  );
  const unreadable: number[] = [];
  let rows = 0;
  for await (const row of source.rows()) {
    rows += 1;
    if (!row.values) {
      unreadable.push(row.number);
      continue;
    }
    for (const { name, optional } of checked) {
      if (optional && !Object.hasOwn(row.values, name)) continue;
      columns.get(name)!.add(row.values[name], row.number, source.isText);
    }
    if (!source.columns) noteOthers(row.values, row.number, schema, findings);
  }
  if (unreadable.length) {
    findings.push({
      ...{ check: 'row', rows: unreadable.slice(0, 5) },
      count: unreadable.length,
      message: `${unreadable.length} rows cannot be read`,
    });
  }
  const { max = Infinity, min = 0 } = schema.rows ?? {};
  if (rows < min || rows > max) {
    findings.push({
      ...{ check: 'rows', count: rows },
      message: `there are ${rows} rows, ${
        rows < min ? `at least ${min}` : `at most ${max}`
      } are asked for`,
    });
  }
  for (const check of columns.values()) findings.push(...check.finish());
  return { rows, columns, findings };
}

function checkColumns(source: RowSource, schema: DataSchema): DataFinding[] {
  const { columns } = source;
  if (!columns) return [];
  const named = new Set(schema.columns.map(({ name }) => name));
  const missing = schema.columns
    .filter(({ name, optional }) => !optional && !columns.includes(name))
    .map(({ name }) => ({
      ...{ check: 'columns' as const, column: name },
      message: ABSENT,
    }));
  const others =
    schema.otherColumns === 'allow'
      ? []
      : columns
          .filter(name => !named.has(name))
          .map(name => ({
            ...{ check: 'columns' as const, column: name },
            position: columns.indexOf(name) + 1,
            message: 'the schema does not know the column',
          }));
  return [...missing, ...others];
}

/** JSON Lines have no header, so that columns are seen row by row; each is told once. */
function noteOthers(
  values: Record<string, unknown>,
  row: number,
  schema: DataSchema,
  findings: DataFinding[],
): void {
  if (schema.otherColumns === 'allow') return;
  for (const name of Object.keys(values)) {
    const isKnown =
      schema.columns.some(column => column.name === name) ||
      findings.some(
        ({ check, column }) => check === 'columns' && column === name,
      );
    if (isKnown || findings.length > 1_000) continue;
    findings.push({
      ...{ check: 'columns', column: name, rows: [row] },
      message: 'the schema does not know the column',
    });
  }
}
