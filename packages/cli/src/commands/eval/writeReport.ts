import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderHtml } from '@ml-platform/evaluation';
import type { EvaluationReport } from '@ml-platform/plugin-ml-common';
import { CliError } from '../../errors/CliError';

/** Writes a report for programs and one for people; gives their paths. */
export async function writeReport(
  folder: string,
  report: EvaluationReport,
): Promise<string[]> {
  const files: Array<[string, string]> = [
    ['evaluation.json', `${JSON.stringify(report, undefined, 2)}\n`],
    ['evaluation.html', renderHtml(report)],
  ];
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, text] of files) await writeFile(join(folder, name), text);
  } catch (error) {
    throw new CliError({
      code: 'WRITE_FAILED',
      message: `Cannot write the report to ${folder}: ${
        (error as Error).message
      }`,
      cause: error,
    });
  }
  return files.map(([name]) => join(folder, name));
}
