import { readFile } from 'node:fs/promises';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';

/** Reads a file that an option names. */
export async function readInput(option: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw unusable(option, path, code === 'ENOENT' ? 'there is none' : code);
  }
}

/** An option's file that does not hold what it should. */
export function unusable(
  option: string,
  path: string,
  reason: unknown,
): CliError {
  const text = reason instanceof Error ? reason.message : String(reason);
  return new CliError({
    code: 'FILE_UNUSABLE',
    exitCode: ExitCode.usage,
    message: `${option} ${path}: ${text}`,
  });
}
