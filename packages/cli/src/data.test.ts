import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { execPath } from 'node:process';
import { temporaryFolder } from '@ml-platform/packaging/testUtils';
import { MlProcess } from './__testUtils__/MlProcess';

jest.setTimeout(60_000);

describe('ml data', () => {
  const folder = temporaryFolder();
  let process: MlProcess;
  beforeAll(async () => {
    process = await MlProcess.build();
  });
  beforeEach(() =>
    writeFile(folder.path('rows.csv'), 'age,team\n30,red\n31,blue\n32,red\n'),
  );
  afterAll(() => process.dispose());

  const ml = (...args: string[]) => process.run(['data', ...args]);

  it('proposes a schema, which the same data keep and others do not', async () => {
    const [rows, schema] = [folder.path('rows.csv'), folder.path('s.yaml')];
    expect(await ml('infer', rows, '--output', schema)).toMatchObject({
      code: 0,
    });
    expect(await readFile(schema, 'utf8')).toContain('kind: DataSchema');
    // A schema that somebody has corrected is never written over.
    expect((await ml('infer', rows, '--output', schema)).code).toBe(1);

    const good = await ml('validate', rows, '--schema', schema);
    expect(good).toMatchObject({ code: 0, stdout: '' });
    expect(good.stderr).toContain('3 rows and 2 columns keep the schema');

    await writeFile(rows, 'age,team\n30,red\nsecret,blue\n99,red\n');
    const bad = await ml('validate', rows, '--schema', schema, '--json');
    expect(bad.code).toBe(6);
    expect(JSON.parse(bad.stdout).data).toMatchObject({
      valid: false,
      findings: [
        { check: 'type', column: 'age', position: 1, rows: [2] },
        { check: 'range', column: 'age', rows: [3] },
      ],
    });
    expect(bad.stdout + bad.stderr).not.toContain('secret');
  });

  it('reads Parquet, too', async () => {
    const parquet = folder.path('rows.parquet');
    // The writer is an ES module, which tests cannot load.
    execFileSync(
      execPath,
      [
        '--input-type=module',
        '-e',
        `import { parquetWriteFile } from 'hyparquet-writer';
         parquetWriteFile({ filename: ${JSON.stringify(parquet)}, columnData: [
           { name: 'age', data: new Int32Array([30, 31, 32]), type: 'INT32' },
           { name: 'team', data: ['red', 'blue', 'red'], type: 'STRING' },
         ] });`,
      ],
      { cwd: __dirname },
    );
    const schema = folder.path('s.yaml');
    await ml('infer', folder.path('rows.csv'), '--output', schema);
    expect(await ml('validate', parquet, '--schema', schema)).toMatchObject({
      code: 0,
    });
  });

  it.each([
    [
      ['validate', 'none.csv', '--schema', 's.yaml'],
      1,
      's.yaml cannot be read',
    ],
    [['infer', 'none.csv'], 2, 'There is no file none.csv'],
    [['validate', 'none.csv'], 2, '--schema'],
  ])('answers %j with one clear error', async (args, code, message) => {
    const result = await ml(...args);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toContain(message);
  });
});
