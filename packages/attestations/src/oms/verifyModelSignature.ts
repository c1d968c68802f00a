import { type SignedBy, type Trust, verifyBundle } from '../verifyBundle';
import { expectSameFiles } from './compareFiles';
import { type FileDigest, readModelStatement } from './modelSignature';

/**
 * Checks that somebody trusted has signed exactly these files.
 * @throws ProofError; a `FilesDifferError` names the files
 * @public
 */
export async function verifyModelSignature(
  bundle: Uint8Array,
  options: { trust: Trust; at: Date; files: readonly FileDigest[] },
): Promise<{ name: string; signedBy: SignedBy }> {
  const { signedBy, statement } = await verifyBundle(bundle, options);
  const { files, name } = readModelStatement(statement);
  expectSameFiles(files, options.files);
  return { name, signedBy };
}
