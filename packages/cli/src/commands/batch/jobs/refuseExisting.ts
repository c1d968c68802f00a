import { existsSync } from 'node:fs';
import { CliError } from '../../../errors/CliError';
import { ExitCode } from '../../../errors/ExitCode';

/** @throws CliError where there is a file already. */
export function refuseExisting(path: string, flag: string): void {
  if (!existsSync(path)) return;
  throw new CliError({
    code: 'OUTPUT_EXISTS',
    exitCode: ExitCode.conflict,
    message: `${path} exists`,
    hint: `Use another --output, or replace it with ${flag}.`,
  });
}
