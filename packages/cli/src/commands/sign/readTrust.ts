import {
  readCertificates,
  readPublicKey,
  type Trust,
} from '@ml-platform/attestations';
import type { TrustAnchor } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';
import type { VerifyOptions } from './command';
import { readInput, unusable } from './readInput';

/** Whom to believe: what the options name, else whom the platform believes for the model. */
export async function readTrust(
  context: CommandContext,
  { key = [], root = [] }: VerifyOptions,
  model: () => Promise<string>,
): Promise<Trust> {
  if (key.length || root.length) {
    const keys = await readEach('--key', key, pem => [readPublicKey(pem)]);
    const roots = await readEach('--root', root, readCertificates);
    return {
      keys: keys.map(([name, item]) => ({ name, key: item })),
      certificates: roots.map(([name, certificate]) => ({
        name,
        certificate,
      })),
    };
  }
  const { client } = await context.connect();
  const { anchors } = await client.proofs.getTrust(await model());
  if (!anchors.length) {
    throw new CliError({
      code: 'NOBODY_TRUSTED',
      exitCode: ExitCode.gateRefused,
      message:
        'The platform trusts no key and no certificate for this model yet, so nothing can be checked against it',
      hint: 'Say whom you trust with --key or --root, or ask a platform admin to add the key: docs/how-to/sign-and-verify.md',
    });
  }
  return toTrust(anchors);
}

/** Keys and certificates of trust anchors. */
export function toTrust(anchors: readonly TrustAnchor[]): Trust {
  return {
    keys: anchors
      .filter(({ kind }) => kind === 'key')
      .map(({ name, pem }) => ({ name, key: readPublicKey(pem) })),
    certificates: anchors
      .filter(({ kind }) => kind === 'certificate')
      .flatMap(({ name, pem }) =>
        readCertificates(pem).map(certificate => ({ name, certificate })),
      ),
  };
}

async function readEach<T>(
  option: string,
  paths: string[],
  read: (pem: Buffer) => T[],
): Promise<Array<[path: string, item: T]>> {
  const found: Array<[string, T]> = [];
  for (const path of paths) {
    const pem = await readInput(option, path);
    try {
      for (const item of read(pem)) found.push([path, item]);
    } catch (error) {
      throw unusable(option, path, error);
    }
  }
  return found;
}
