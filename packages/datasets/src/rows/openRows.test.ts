import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRows } from './openRows';
import type { RowFormat, SourceRow } from './SourceRow';

describe('openRows', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ml-rows-test-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const rowsOf = async (format: RowFormat, content: string | Buffer) => {
    const path = join(folder, 'rows');
    writeFileSync(path, content);
    const rows: SourceRow[] = [];
    for await (const row of (await openRows(path, format)).rows()) {
      rows.push(row);
    }
    return rows.map(({ number, problem, values }) => [
      number,
      problem ?? values,
    ]);
  };
  const latin1 = (text: string) => Buffer.from(text, 'latin1');

  it('reads the CSV that people have', async () => {
    const rows = await rowsOf(
      'csv',
      '\uFEFFname,text\r\na,"one, ""two""\nthree"\r\n\r\n,""\r\nb\r\nc,"x"y\r\nd,"open',
    );
    expect(rows).toEqual([
      [1, { name: 'a', text: 'one, "two"\nthree' }],
      [2, { name: null, text: '' }],
      [3, 'it has 1 fields, the header has 2'],
      [4, 'field 2 goes on after its closing quote'],
      [5, 'a quote is opened and never closed'],
    ]);
    expect(await rowsOf('csv', 'a,b')).toEqual([]);
    await expect(rowsOf('csv', '')).rejects.toThrow(/is empty/);
  });

  it('rejects rows of CSV that are not UTF-8, and no others', async () => {
    const rows = await rowsOf(
      'csv',
      Buffer.concat([
        Buffer.from('a\ncafé\n\uFFFD\n'),
        latin1('caf\xe9\n'),
        Buffer.from('naïve\n'),
        Buffer.from('€').subarray(0, 2),
      ]),
    );
    expect(rows.filter(([, row]) => typeof row === 'string')).toEqual([
      [2, expect.stringContaining('no UTF-8')],
      [3, expect.stringContaining('no UTF-8')],
      [5, expect.stringContaining('no UTF-8')],
    ]);
    expect(await rowsOf('csv', 'a\n\uFFFD\n')).toEqual([[1, { a: '\uFFFD' }]]);
  });

  it('rejects lines of JSON that are not UTF-8, and no others', async () => {
    const rows = await rowsOf(
      'jsonl',
      Buffer.concat([
        Buffer.from('{"a":"é"}\n'),
        latin1('{"a":"\xe9"}\n'),
        Buffer.from('[1]\n{"a":1}'),
      ]),
    );
    expect(rows).toEqual([
      [1, { a: 'é' }],
      [2, expect.stringContaining('no UTF-8')],
      [3, 'it is not a JSON object'],
      [4, { a: 1 }],
    ]);
  });

  it('takes no file without line ends for JSON Lines', async () => {
    await expect(
      rowsOf('jsonl', Buffer.alloc(17 * 1024 * 1024, ' ')),
    ).rejects.toThrow(/line 1 is longer than .* characters/);
  });
});
