import { createSigner, type Signer } from '@ml-platform/attestations';
import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import { usageError } from '../parseRef';
import type { SignerFlags } from './command';
import { askPassphrase } from './passphrase';
import { readInput, unusable } from './readInput';

/** Reads key and certificates; asks for the passphrase where there is one. */
export async function openSigner(
  context: CommandContext,
  flags: SignerFlags,
  option = '--key',
): Promise<Signer> {
  const { certificate, chain, key } = flags;
  if (!key) throw usageError(`A signature needs a private key: ${option}`);
  const privateKey = await readInput(option, key);
  const isEncrypted = /ENCRYPTED/.test(privateKey.toString('latin1'));
  try {
    return createSigner({
      privateKey,
      passphrase: isEncrypted
        ? await askPassphrase(context, `Passphrase of ${key}`)
        : undefined,
      certificate:
        certificate && (await readInput('--certificate', certificate)),
      chain: chain && (await readInput('--chain', chain)),
    });
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw unusable(option, key, error);
  }
}
