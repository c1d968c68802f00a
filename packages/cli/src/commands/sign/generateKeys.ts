import { open, rm } from 'node:fs/promises';
import { type CurveName, generateKeys } from '@ml-platform/attestations';
import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';
import type { GenerateKeysOptions } from './command';
import { askPassphrase } from './passphrase';

/** `ml keys generate` */
export async function generate(
  context: CommandContext,
  options: GenerateKeysOptions,
): Promise<void> {
  const { output } = context;
  const privateFile = `${options.out}.key`;
  const publicFile = `${options.out}.pub`;
  const passphrase =
    options.passphrase === false
      ? undefined
      : await askPassphrase(context, `Passphrase for ${privateFile}`, {
          isNew: true,
        });
  const curve = options.curve as CurveName;
  const keys = generateKeys({ curve, passphrase });
  await writeNew(privateFile, keys.privateKey, 0o600);
  try {
    await writeNew(publicFile, keys.publicKey, 0o644);
  } catch (error) {
    await rm(privateFile);
    throw error;
  }
  output.done(`Made a key pair on ${curve}`);
  await output.object({
    kind: 'KeyPair',
    name: keys.fingerprint,
    data: {
      privateFile,
      publicFile,
      curve,
      fingerprint: keys.fingerprint,
      encrypted: passphrase !== undefined,
    },
    text: () =>
      [
        `Private key  ${privateFile}`,
        `Public key   ${publicFile}`,
        `Fingerprint  ${keys.fingerprint}`,
      ].join('\n'),
  });
  output.hint(
    `Keep ${privateFile} where only you can read it. For others to believe it, a platform admin adds ${publicFile} to the trusted keys.`,
  );
}

async function writeNew(path: string, text: string, mode: number) {
  try {
    const file = await open(path, 'wx', mode);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CliError({
      code: 'WRITE_FAILED',
      exitCode: code === 'EEXIST' ? ExitCode.conflict : ExitCode.failed,
      message:
        code === 'EEXIST'
          ? `${path} exists already, and keys are never overwritten`
          : `Cannot write ${path}: ${message}`,
    });
  }
}
