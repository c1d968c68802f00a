import type { CommandContext } from '../CommandContext';
import { CliError } from '../errors/CliError';
import { ExitCode } from '../errors/ExitCode';
import { usageError } from './parseRef';

/** Asks before something that is hard to take back: `take a back to 1.0.0`. */
export async function confirm(
  { canAsk, output }: CommandContext,
  change: string,
): Promise<void> {
  if (!canAsk) {
    throw usageError(
      `This would ${change}, and nobody can be asked`,
      'Add --yes to do it.',
    );
  }
  const prompts = await import('@clack/prompts');
  const answer = await prompts.confirm({
    message: `${change.charAt(0).toUpperCase()}${change.slice(1)}?`,
    output: output.stderr,
  });
  if (answer !== true) {
    throw new CliError({
      code: 'CANCELLED',
      exitCode: ExitCode.interrupted,
      message: 'Cancelled. Nothing was changed.',
    });
  }
}
