import {
  type DataFinding,
  readDataSchema,
  validateData,
} from '@ml-platform/datasets';
import { plural } from '@ml-platform/packaging';
import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';
import { renderTable } from '../../output/renderTable';
import type { ValidateDataOptions } from './command';
import { dataFile } from './dataFile';

/** `ml data validate` */
export async function validate(
  { output }: CommandContext,
  path: string,
  options: ValidateDataOptions,
): Promise<void> {
  const schema = await readDataSchema(options.schema);
  const report = await validateData(await dataFile(path, options), {
    schema,
    reference:
      options.reference === undefined
        ? undefined
        : // A reference of another format tells it by its name.
          await dataFile(options.reference, {}),
  });
  const { findings, rows } = report;
  await output.object({
    kind: 'DataReport',
    name: path,
    data: { file: path, valid: !findings.length, ...report },
    text: () =>
      findings.length
        ? renderTable(
            ['CHECK', 'COLUMN', 'ROWS', 'FINDING'].map(title =>
              output.paint('dim', title),
            ),
            findings.map(finding => [
              output.paint('red', finding.check),
              columnOf(finding),
              rowsOf(finding),
              finding.message,
            ]),
          )
        : '',
  });
  if (!findings.length) {
    output.done(
      `${path}: ${plural(rows, 'row')} and ${plural(
        schema.columns.length,
        'column',
      )} keep the schema${
        report.drift.length
          ? `; ${plural(
              report.drift.length,
              'column',
            )} compared with the reference`
          : ''
      }`,
    );
    return;
  }
  throw new CliError({
    code: 'DATA_INVALID',
    exitCode: ExitCode.gateRefused,
    message: `${path} does not keep ${options.schema}: ${plural(
      findings.length,
      'finding',
    )}`,
    hint: 'Correct the data, or the schema where the change is meant.',
  });
}

function columnOf({ column, position }: DataFinding): string {
  if (column === undefined) return '';
  return position === undefined ? column : `${column} (${position})`;
}

function rowsOf({ count = 0, rows = [] }: DataFinding): string {
  return `${rows.join(', ')}${count > rows.length && rows.length ? ', …' : ''}`;
}
