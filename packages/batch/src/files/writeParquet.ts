import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Datatype } from '@ml-platform/plugin-ml-common';
import type { SchemaElement } from 'hyparquet';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import { parseExactJson, writeExactJson } from '@ml-platform/datasets';
import type { OutputColumn } from './RowFormatter';

const GROUP = 50_000;

type ColumnType = Pick<SchemaElement, 'type' | 'converted_type'>;

const TEXT: ColumnType = { type: 'BYTE_ARRAY', converted_type: 'UTF8' };
const LONG: ColumnType = { type: 'INT64' };
const TYPES: Record<Datatype, ColumnType> = {
  BOOL: { type: 'BOOLEAN' },
  INT8: { type: 'INT32' },
  INT16: { type: 'INT32' },
  INT32: { type: 'INT32' },
  INT64: LONG,
  UINT8: { type: 'INT32' },
  UINT16: { type: 'INT32' },
  UINT32: LONG,
  UINT64: { type: 'INT64', converted_type: 'UINT_64' },
  FP16: { type: 'FLOAT' },
  FP32: { type: 'FLOAT' },
  FP64: { type: 'DOUBLE' },
  BYTES: TEXT,
};

type Line = Record<string, unknown>;

/** Makes a Parquet file of the rows of a run; reads them twice, keeps one row group in memory. */
export async function writeParquet(
  rows: string,
  target: string,
  columns: readonly OutputColumn[],
): Promise<void> {
  const types = await typesOf(rows, columns);
  const writer = fileWriter(target);
  const parquet = new ParquetWriter({
    writer,
    schema: [
      { name: 'root', num_children: columns.length },
      ...columns.map(({ name }, at) => ({
        ...types[at],
        name,
        repetition_type: 'OPTIONAL' as const,
      })),
    ],
  });
  let group: Line[] = [];
  const flush = async () => {
    await parquet.write({
      columnData: columns.map((column, at) => ({
        name: column.name,
        data: group.map(line => cellOf(line, column, types[at])),
      })),
      rowGroupSize: GROUP,
    });
    group = [];
  };
  for await (const line of readLines(rows)) {
    group.push(line);
    if (group.length === GROUP) await flush();
  }
  if (group.length) await flush();
  await parquet.finish();
  const file = await open(target, 'r');
  await file.sync();
  await file.close();
}

/** Outputs have the type of the interface; what is passed on has the one that fits all of its values. */
async function typesOf(
  rows: string,
  columns: readonly OutputColumn[],
): Promise<ColumnType[]> {
  const found = columns.map(() => new Set<string>());
  if (columns.some(({ key, spec }) => !spec && key !== 'row')) {
    for await (const line of readLines(rows)) {
      columns.forEach(({ key, spec }, at) => {
        if (!spec) found[at].add(kindOf(line[key]));
      });
    }
  }
  return columns.map(({ key, spec, index }, at) => {
    if (key === 'row') return LONG;
    if (spec) {
      const isList = index === undefined && spec.shape.slice(1).includes(-1);
      return isList ? TEXT : TYPES[spec.datatype];
    }
    const kinds = [...found[at]].filter(kind => kind !== 'missing');
    const isOnly = (...allowed: string[]) =>
      kinds.length > 0 && kinds.every(kind => allowed.includes(kind));
    if (isOnly('whole')) return LONG;
    if (isOnly('whole', 'number')) return TYPES.FP64;
    return isOnly('boolean') ? TYPES.BOOL : TEXT;
  });
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'missing';
  if (typeof value === 'bigint') {
    return BigInt.asIntN(64, value) === value ? 'whole' : 'text';
  }
  return Number.isSafeInteger(value) ? 'whole' : typeof value;
}

function cellOf(line: Line, { key, index }: OutputColumn, type: ColumnType) {
  const held = line[key];
  const value = index === undefined ? held : (held as unknown[])[index];
  if (value === null || value === undefined) return null;
  switch (type.type) {
    case 'INT64':
      return BigInt(value as number | bigint);
    case 'FLOAT':
    case 'DOUBLE':
      return Number(value);
    case 'BYTE_ARRAY':
      return typeof value === 'string' ? value : writeExactJson(value);
    default:
      return value;
  }
}

async function* readLines(path: string): AsyncIterable<Line> {
  const lines = createInterface({ input: createReadStream(path) });
  for await (const line of lines) yield parseExactJson(line) as Line;
}
