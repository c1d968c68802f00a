import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RowFormat } from '../rows/SourceRow';
import { dataSchemaSchema } from './dataSchema';
import { inferSchema } from './inferSchema';
import { readDataSchema } from './readDataSchema';
import { validateData } from './validateData';

describe('validating data', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ml-data-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return { path, format: name.split('.').pop() as RowFormat };
  };
  const schemaOf = (columns: object[], more: object = {}) =>
    dataSchemaSchema.parse({
      ...{ apiVersion: 'ml.internal/v1alpha1', kind: 'DataSchema', columns },
      ...more,
    });
  const check = async (
    file: ReturnType<typeof write>,
    columns: object[],
    more: object = {},
  ) => (await validateData(file, { schema: schemaOf(columns, more) })).findings;

  const AGE = { name: 'age', type: 'integer', min: 0, max: 120 };
  const TEAM = { name: 'team', type: 'string', allowed: ['red', 'blue'] };

  it('names what is wrong by column and row, and never a value', async () => {
    const file = write(
      'a.csv',
      'age,team\n30,red\n130,green\nold,blue\n,red\n',
    );
    const findings = await check(file, [AGE, TEAM]);
    expect(findings).toEqual([
      expect.objectContaining({
        ...{ check: 'range', column: 'age', position: 1, rows: [2], count: 1 },
        message: '1 of 4 values are not at least 0 and at most 120',
      }),
      expect.objectContaining({ check: 'type', column: 'age', rows: [3] }),
      expect.objectContaining({ check: 'missing', column: 'age', rows: [4] }),
      expect.objectContaining({
        ...{ check: 'allowed', column: 'team', position: 2, rows: [2] },
      }),
    ]);
    expect(JSON.stringify(findings)).not.toMatch(/green|old|130/);
  });

  it('is content with data that keep everything, of CSV and JSON Lines', async () => {
    const columns = [AGE, { ...TEAM, maxMissing: 0.5 }];
    const csv = write('a.csv', 'age,team\n30,red\n31,\n');
    const jsonl = write(
      'a.jsonl',
      '{"age":30,"team":"red"}\n{"age":31,"team":null}\n',
    );
    for (const file of [csv, jsonl]) {
      expect(await check(file, columns)).toEqual([]);
    }
  });

  it.each<[string, string, object[], object, object]>([
    [
      'a value that occurs twice',
      'id\na\nb\na\n',
      [{ name: 'id', type: 'string', unique: true }],
      {},
      { check: 'unique', rows: [3] },
    ],
    [
      'a column that is not there',
      'age\n3\n',
      [AGE, TEAM],
      {},
      { check: 'columns', column: 'team', message: 'the column is not there' },
    ],
    [
      'a column that nobody knows',
      'age,extra\n3,4\n',
      [AGE],
      {},
      { check: 'columns', column: 'extra', position: 2 },
    ],
    [
      'too few rows',
      'age\n3\n',
      [AGE],
      { rows: { min: 2 } },
      { check: 'rows', count: 1 },
    ],
    [
      'a row that cannot be read',
      'age\n3,4,5\n',
      [AGE],
      {},
      { check: 'row', rows: [1], count: 1 },
    ],
    [
      'a moment that is none',
      'at\n2026-01-02\nyesterday\n',
      [{ name: 'at', type: 'datetime' }],
      {},
      { check: 'type', rows: [2] },
    ],
  ])('finds %s', async (_, text, columns, more, finding) => {
    expect(await check(write('a.csv', text), columns, more)).toEqual([
      expect.objectContaining(finding),
    ]);
  });

  it('finds a column that has drifted, and leaves alone one that has not', async () => {
    const rows = (shift: number) =>
      `x,y,team\n${Array.from(
        { length: 600 },
        (_, row) =>
          `${row / 600 + shift},${row % 7},${
            row % 3 || shift ? 'red' : 'blue'
          }`,
      ).join('\n')}\n`;
    const schema = schemaOf([
      { name: 'x', type: 'number' },
      { name: 'y', type: 'integer' },
      { name: 'team', type: 'string' },
    ]);
    const reference = write('before.csv', rows(0));
    const same = await validateData(write('same.csv', rows(0)), {
      schema,
      reference,
    });
    expect(same.findings).toEqual([]);
    expect(same.drift.map(({ column }) => column)).toEqual(['x', 'y', 'team']);
    const moved = await validateData(write('now.csv', rows(0.5)), {
      schema,
      reference,
    });
    expect(moved.findings).toEqual([
      expect.objectContaining({ check: 'drift', column: 'x' }),
      expect.objectContaining({ check: 'drift', column: 'team' }),
    ]);
    await expect(
      validateData(write('now.csv', rows(0)), {
        schema,
        reference: write('other.csv', 'z\n1\n'),
      }),
    ).rejects.toThrow(/has no column 'x'/);
  });

  it('proposes a schema that the file keeps', async () => {
    const file = write(
      'a.csv',
      `age,team,note\n${'30,red,some text\n31,blue,\n'.repeat(20)}`,
    );
    const inferred = await inferSchema(file);
    expect(inferred.columns).toEqual([
      { name: 'age', type: 'integer', min: 30, max: 31 },
      { name: 'team', type: 'string', allowed: ['blue', 'red'] },
      { name: 'note', type: 'string', maxMissing: 0.5, allowed: ['some text'] },
    ]);
    expect(await check(file, inferred.columns)).toEqual([]);
  });

  it('refuses a wrong schema with its line', async () => {
    const { path } = write(
      's.yaml',
      'apiVersion: ml.internal/v1alpha1\nkind: DataSchema\ncolumns:\n  - name: age\n    type: whole\n',
    );
    await expect(readDataSchema(path)).rejects.toMatchObject({
      issues: [expect.objectContaining({ field: 'columns[0].type', line: 5 })],
    });
  });
});
