import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';
import { parseEntityRef } from '../parseEntityRef';
import { usageError } from '../parseRef';

/** The owner as told by `--owner`, or by the one at the terminal. */
export async function askOwner(
  { canAsk, output }: CommandContext,
  option: string | undefined,
): Promise<string> {
  if (option !== undefined) return toOwner(option);
  if (!canAsk) {
    throw usageError(
      'A model has an owner, and nobody can be asked for it',
      'Name the team with --owner group:default/<team>.',
    );
  }
  const prompts = await import('@clack/prompts');
  const answer = await prompts.text({
    message: 'Which team owns the model?',
    placeholder: 'group:default/team',
    output: output.stderr,
    validate: text => {
      try {
        toOwner(text ?? '');
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    },
  });
  if (typeof answer === 'string') return toOwner(answer);
  throw new CliError({
    code: 'CANCELLED',
    exitCode: ExitCode.interrupted,
    message: 'Cancelled. Nothing was written.',
  });
}

function toOwner(text: string): string {
  return parseEntityRef('--owner', text, 'group');
}
