import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type FileDigest,
  modelStatement,
  type Signer,
} from '@ml-platform/attestations';
import {
  FILEPATH_ANNOTATION,
  SIGNATURE_FILE,
} from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { pushTarget } from '@ml-platform/packaging';
import { CliError } from '../../errors/CliError';
import { parseManifest, readContent } from '../../oci/readContent';
import { plural } from '@ml-platform/packaging';
import { attachReferrer } from '@ml-platform/packaging';
import { RegistryClient } from '@ml-platform/packaging';
import { isDirectory } from '../isDirectory';
import { openVersion } from '../openVersion';
import { hashWithProgress } from '../package/packageDirectory';
import { usageError } from '../parseRef';
import type { SignOptions } from './command';
import { openSigner } from './openSigner';
import { signatureContent, signPackage } from './signPackage';

/** `ml sign` */
export async function sign(
  context: CommandContext,
  subject: string,
  options: SignOptions,
): Promise<void> {
  const isFolder = !subject.includes('@') && (await isDirectory(subject));
  if (!isFolder && options.output) {
    throw usageError(
      '--output is for a directory; the signature of a version is attached to it',
    );
  }
  const signer = await openSigner(context, options);
  if (isFolder) await signDirectory(context, subject, options, signer);
  else await signVersion(context, subject, signer);
}

async function signDirectory(
  { output }: CommandContext,
  directory: string,
  options: SignOptions,
  signer: Signer,
): Promise<void> {
  const built = await hashWithProgress(output, directory);
  const path = options.output ?? join(directory, SIGNATURE_FILE);
  try {
    await writeFile(path, signPackage(built, signer));
  } catch (error) {
    throw new CliError({
      code: 'WRITE_FAILED',
      message: `Cannot write ${path}: ${(error as Error).message}`,
      cause: error,
    });
  }
  const { name, version } = built.model;
  await report({ output }, signer, {
    subject: `${name}@${version}`,
    target: path,
    files: built.layers.length,
  });
  output.hint(
    options.output
      ? `Next: ml verify ${directory} --signature ${path}`
      : `Next: ml register ${directory}, which attaches it`,
  );
}

async function signVersion(
  context: CommandContext,
  text: string,
  signer: Signer,
): Promise<void> {
  const { env, output } = context;
  const opened = await openVersion(context, text);
  const { connection, found, info, source } = opened;
  const subject = `${found.model}@${found.version}`;
  try {
    const stored = await source.getManifest(found.digest);
    const files = signedFiles(parseManifest(source, stored).layers);
    const bundle = signer.sign(modelStatement({ name: subject, files }));
    const target = pushTarget(connection, info, env);
    const registry = new RegistryClient(target);
    const content = readContent(source, stored);
    const signature = signatureContent(bundle, content);
    try {
      const repository = `${target.prefix}${found.repository}`;
      await attachReferrer(registry, repository, content, signature);
    } finally {
      registry.close();
    }
    await report(context, signer, {
      subject,
      target: signature.manifest.digest,
      files: files.length,
    });
    output.hint(`Next: ml verify ${subject}`);
  } finally {
    source.close();
  }
}

/** The files that a manifest names, by their paths inside the package. */
export function signedFiles(
  layers: ReadonlyArray<{
    digest: string;
    annotations?: Record<string, string>;
  }>,
): FileDigest[] {
  return layers.map(({ annotations, digest }) => ({
    path: annotations?.[FILEPATH_ANNOTATION] ?? digest,
    digest,
  }));
}

async function report(
  { output }: Pick<CommandContext, 'output'>,
  signer: Signer,
  signed: { subject: string; target: string; files: number },
): Promise<void> {
  const { files, subject, target } = signed;
  output.done(`Signed ${subject}, ${plural(files, 'file')}`);
  await output.object({
    kind: 'Signature',
    name: target,
    data: {
      ...signed,
      method: signer.method,
      signer: signer.description,
      fingerprint: signer.fingerprint,
    },
    text: () =>
      [
        `Signed by    ${signer.description}`,
        `Key          ${signer.fingerprint}`,
        `Signature    ${target}`,
      ].join('\n'),
  });
}
