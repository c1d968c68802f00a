import { createReadStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { ToolError } from '@ml-platform/packaging';
import { parseExactJson } from '../exactJson';
import { type CsvRecord, CsvParser } from './CsvParser';
import type { RowFormat, RowSource, SourceRow } from './SourceRow';

/**
 * Opens a file; reads no more of it than its header.
 * @public
 */
export async function openRows(
  path: string,
  format: RowFormat,
): Promise<RowSource> {
  switch (format) {
    case 'csv':
      return openCsv(path);
    case 'parquet':
      return (await import('./openParquet')).openParquet(path);
    default:
      return { isText: false, rows: () => readJsonLines(path) };
  }
}

async function openCsv(path: string): Promise<RowSource> {
  let columns: string[] | undefined;
  for await (const { record } of readCsv(path)) {
    columns = record.fields.map(field => field ?? '');
    break;
  }
  if (!columns) throw unreadable(`${path} is empty; it needs a header`);
  const twice = columns.find((name, index) => columns!.indexOf(name) !== index);
  if (twice !== undefined) {
    throw unreadable(`${path} has two columns named '${twice}'`);
  }
  return { columns, isText: true, rows: () => readCsvRows(path, columns!) };
}

async function* readCsvRows(
  path: string,
  columns: string[],
): AsyncIterable<SourceRow> {
  let number = -1;
  for await (const { record, position } of readCsv(path)) {
    number += 1;
    if (number === 0) continue;
    const { fields } = record;
    const problem =
      record.problem ??
      (fields.length === columns.length
        ? undefined
        : `it has ${fields.length} fields, the header has ${columns.length}`);
    yield problem
      ? { number, position, problem }
      : {
          number,
          position,
          values: Object.fromEntries(
            columns.map((name, index) => [name, fields[index]]),
          ),
        };
  }
}

async function* readCsv(
  path: string,
): AsyncIterable<{ record: CsvRecord; position: number }> {
  const parser = new CsvParser();
  let last = 0;
  try {
    for await (const { text, position } of readText(path)) {
      last = position;
      for (const record of parser.push(text)) yield { record, position };
    }
    for (const record of parser.end()) yield { record, position: last };
  } catch (error) {
    if (error instanceof ToolError) throw error;
    throw unreadable(`${path}: ${(error as Error).message}`);
  }
}

async function* readJsonLines(path: string): AsyncIterable<SourceRow> {
  let number = 0;
  let rest = '';
  let last = 0;
  for await (const { text, position } of readText(path)) {
    last = position;
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      if (!line.trim()) continue;
      number += 1;
      yield { number, position, ...readLine(line) };
    }
  }
  if (rest.trim()) {
    yield { number: number + 1, position: last, ...readLine(rest) };
  }
}

function readLine(line: string): Pick<SourceRow, 'values' | 'problem'> {
  let value: unknown;
  try {
    value = parseExactJson(line.replace(/^\uFEFF/, ''));
  } catch {
    return { problem: 'it is not JSON' };
  }
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? { values: value as Record<string, unknown> }
    : { problem: 'it is not a JSON object' };
}

async function* readText(
  path: string,
): AsyncIterable<{ text: string; position: number }> {
  const decoder = new StringDecoder('utf8');
  let position = 0;
  for await (const chunk of createReadStream(path, {
    highWaterMark: 1 << 18,
  })) {
    position += chunk.length;
    yield { text: decoder.write(chunk), position };
  }
  const text = decoder.end();
  if (text) yield { text, position };
}

function unreadable(message: string): ToolError {
  return new ToolError({ code: 'INPUT_UNREADABLE', message });
}
