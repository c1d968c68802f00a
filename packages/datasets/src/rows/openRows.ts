import { createReadStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { ToolError } from '@ml-platform/packaging';
import { parseExactJson } from '../exactJson';
import { type CsvRecord, CsvParser } from './CsvParser';
import type { RowFormat, RowSource, SourceRow } from './SourceRow';

/** What stands for bytes that are no UTF-8; a file may also have it of its own. */
const REPLACEMENT = '\uFFFD';
const REPLACEMENT_BYTES = Buffer.from(REPLACEMENT);
const NOT_UTF8 =
  'it has bytes that are no UTF-8; write the file in UTF-8 (iconv does it)';
/** Longer than this, it is no file of lines. */
const MAX_LINE = 16 * 1024 * 1024;

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
  for await (const { record, position, isBroken } of readCsv(path)) {
    number += 1;
    if (number === 0) continue;
    const { fields } = record;
    const problem =
      record.problem ??
      (isBroken && fields.some(field => field?.includes(REPLACEMENT))
        ? NOT_UTF8
        : undefined) ??
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
): AsyncIterable<{ record: CsvRecord; position: number; isBroken: boolean }> {
  const parser = new CsvParser();
  let last = { position: 0, isBroken: false };
  try {
    for await (const { text, ...at } of readText(path)) {
      last = at;
      for (const record of parser.push(text)) yield { record, ...at };
    }
    for (const record of parser.end()) yield { record, ...last };
  } catch (error) {
    if (error instanceof ToolError) throw error;
    throw unreadable(`${path}: ${(error as Error).message}`);
  }
}

async function* readJsonLines(path: string): AsyncIterable<SourceRow> {
  let number = 0;
  let rest = '';
  let last = { position: 0, isBroken: false };
  const rowOf = (line: string): SourceRow => {
    number += 1;
    const { isBroken, position } = last;
    return isBroken && line.includes(REPLACEMENT)
      ? { number, position, problem: NOT_UTF8 }
      : { number, position, ...readLine(line) };
  };
  for await (const { text, ...at } of readText(path)) {
    last = at;
    const lines = text.split('\n');
    lines[0] = rest + lines[0];
    rest = lines.pop()!;
    if (rest.length > MAX_LINE) {
      throw unreadable(
        `${path}: line ${
          number + lines.length + 1
        } is longer than ${MAX_LINE} characters; JSON Lines has one object a line`,
      );
    }
    for (const line of lines) if (line.trim()) yield rowOf(line);
  }
  if (rest.trim()) yield rowOf(rest);
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

/** Text with its place in the file, and whether bytes were met that are no UTF-8. */
async function* readText(
  path: string,
): AsyncIterable<{ text: string; position: number; isBroken: boolean }> {
  const decoder = new StringDecoder('utf8');
  let position = 0;
  let isBroken = false;
  for await (const chunk of createReadStream(path, {
    highWaterMark: 1 << 18,
  })) {
    position += chunk.length;
    const text = decoder.write(chunk);
    isBroken ||= countOf(text, REPLACEMENT) > countOf(chunk, REPLACEMENT_BYTES);
    yield { text, position, isBroken };
  }
  const text = decoder.end();
  // What is left over is a character that the file breaks off in.
  if (text) yield { text, position, isBroken: true };
}

function countOf<T extends string | Buffer>(whole: T, part: T): number {
  let count = 0;
  let at = -1;
  for (;;) {
    at = whole.indexOf(part as string, at + 1);
    if (at === -1) return count;
    count += 1;
  }
}

function unreadable(message: string): ToolError {
  return new ToolError({ code: 'INPUT_UNREADABLE', message });
}
