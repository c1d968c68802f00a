import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  expectSameFiles,
  peekBundle,
  ProofError,
  readModelStatement,
} from '@ml-platform/attestations';
import { SIGNATURE_FILE } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import type { BuiltPackage } from '@ml-platform/packaging';
import type { SignerFlags } from './command';
import { openSigner } from './openSigner';
import { packageFiles, signPackage } from './signPackage';

/**
 * The signature that goes with a package: made now where a key is given, else
 * the one that lies in the directory, which must be of just these files.
 */
export async function packageSignature(
  context: CommandContext,
  built: BuiltPackage,
  flags: SignerFlags,
): Promise<Buffer | undefined> {
  if (flags.key) {
    const signer = await openSigner(context, flags, '--sign-key');
    return signPackage(built, signer);
  }
  const path = join(built.directory, SIGNATURE_FILE);
  const bundle = await readFile(path).catch(error => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!bundle) return undefined;
  try {
    const { files } = readModelStatement(peekBundle(bundle).statement);
    expectSameFiles(files, packageFiles(built));
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    throw new CliError({
      code: 'SIGNATURE_MISMATCH',
      message: `${path} is not a signature of this package. ${error.message}`,
      hint: `Sign it again with: ml sign ${built.directory} --key <private key>; or remove the file`,
    });
  }
  return bundle;
}
