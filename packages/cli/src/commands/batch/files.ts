import { stat } from 'node:fs/promises';
import { formatOf, type RowFormat } from '@ml-platform/datasets';
import { usageError } from '../parseRef';
import type { BatchRunCommandOptions } from './command';

type FileOptions = Pick<
  BatchRunCommandOptions,
  'input' | 'inputFormat' | 'output' | 'outputFormat'
>;

/** A file of rows, by its name or as it is said to be. */
export interface BatchFile {
  path: string;
  format: RowFormat;
}

/** @throws CliError where it cannot be read. */
export async function inputFile({
  input,
  inputFormat,
}: FileOptions): Promise<BatchFile & { size: number }> {
  const found = await stat(input).catch(error => {
    throw usageError(`Cannot read ${input}: ${error.message}`);
  });
  if (!found.isFile()) {
    throw usageError(
      `${input} is not a file`,
      'A run that can go on after an interruption has to read its input again.',
    );
  }
  return {
    path: input,
    format: format(input, inputFormat, 'input'),
    size: found.size,
  };
}

export function outputFile({ output, outputFormat }: FileOptions): BatchFile {
  return { path: output, format: format(output, outputFormat, 'output') };
}

function format(
  path: string,
  given: RowFormat | undefined,
  which: 'input' | 'output',
): RowFormat {
  const found = given ?? formatOf(path);
  if (found) return found;
  throw usageError(
    `The name of ${path} does not say what it is`,
    `Use --${which}-format csv, jsonl or parquet.`,
  );
}
