import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';

/** Asks for a passphrase, unless the environment has it; twice where it is a new one. */
export async function askPassphrase(
  { canAsk, env }: CommandContext,
  question: string,
  { isNew = false }: { isNew?: boolean } = {},
): Promise<string> {
  const given = env.ML_SIGN_PASSPHRASE;
  if (given !== undefined) return given;
  if (!canAsk) {
    throw new CliError({
      code: 'PASSPHRASE_NEEDED',
      exitCode: ExitCode.usage,
      message: 'A passphrase is needed, and nobody can be asked for it',
      hint: isNew
        ? 'Set ML_SIGN_PASSPHRASE, or say --no-passphrase.'
        : 'Set ML_SIGN_PASSPHRASE.',
    });
  }
  const passphrase = await ask(question);
  if (isNew && (await ask('The same once more')) !== passphrase) {
    throw new CliError({
      code: 'PASSPHRASES_DIFFER',
      exitCode: ExitCode.usage,
      message: 'The two passphrases are not the same',
    });
  }
  return passphrase;
}

async function ask(message: string): Promise<string> {
  const { isCancel, password } = await import('@clack/prompts');
  const answer = await password({
    message,
    output: process.stderr,
    validate: text => (text ? undefined : 'It must not be empty'),
  });
  if (isCancel(answer)) {
    throw new CliError({
      code: 'CANCELLED',
      exitCode: ExitCode.interrupted,
      message: 'Cancelled; nothing was done',
    });
  }
  return answer;
}
