import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';
import { usageError } from '../parseRef';

export interface AskTextOptions<T> {
  /** The option that answers it, for where nobody can be asked. */
  flag: string;
  /** What is missing, as a sentence without its full stop. */
  missing: string;
  message: string;
  placeholder: string;
  /** Throws with a reason where the answer is wrong. */
  parse: (text: string) => T;
}

/** Asks at the terminal for what an option did not say. */
export async function askText<T>(
  { canAsk, output }: CommandContext,
  options: AskTextOptions<T>,
): Promise<T> {
  const { flag, missing, message, placeholder, parse } = options;
  if (!canAsk) {
    throw usageError(
      `${missing}, and nobody can be asked for it`,
      `Say it with ${flag} ${placeholder}`,
    );
  }
  const prompts = await import('@clack/prompts');
  const answer = await prompts.text({
    ...{ message, placeholder, output: output.stderr },
    validate: text => {
      try {
        parse(text ?? '');
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    },
  });
  if (typeof answer === 'string') return parse(answer);
  throw new CliError({
    code: 'CANCELLED',
    exitCode: ExitCode.interrupted,
    message: 'Cancelled. Nothing was written.',
  });
}
