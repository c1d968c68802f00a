import { stat } from 'node:fs/promises';
import { type DataFile, formatOf } from '@ml-platform/datasets';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';
import { usageError } from '../parseRef';
import type { DataOptions } from './command';

/** A file that is there, and its format. */
export async function dataFile(
  path: string,
  { inputFormat }: DataOptions,
): Promise<DataFile> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) {
    throw new CliError({
      code: 'INPUT_MISSING',
      exitCode: ExitCode.usage,
      message: `There is no file ${path}`,
    });
  }
  const format = inputFormat ?? formatOf(path);
  if (format) return { path, format };
  throw usageError(
    `The name ${path} does not tell its format`,
    'Say it: --input-format csv, jsonl or parquet',
  );
}
