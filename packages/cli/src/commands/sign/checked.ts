import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BUNDLE_ANNOTATIONS,
  BUNDLE_MEDIA_TYPE,
  type FileDigest,
  IGNORED_PATHS,
  MAX_BUNDLE_BYTES,
  peekBundle,
  PREDICATE_TYPES,
  readModelStatement,
} from '@ml-platform/attestations';
import {
  checkDocument,
  type Descriptor,
  modelFileSchema,
  type OciManifest,
  PACKAGE_FILES,
} from '@ml-platform/plugin-ml-common';
import { parse } from 'yaml';
import type { CommandContext } from '../../CommandContext';
import type { CliError } from '../../errors/CliError';
import { parseManifest } from '../../oci/readContent';
import type { RegistrySource } from '../../oci/RegistrySource';
import { verified } from '../../oci/verified';
import { plural } from '@ml-platform/packaging';
import { hashFile } from '@ml-platform/packaging';
import { listAllFiles } from '@ml-platform/packaging';
import { openVersion } from '../openVersion';
import { usageError } from '../parseRef';
import { signedFiles } from './sign';

/** A directory whose files are looked at when a bundle says which to leave out. */
export function checkedDirectory(
  { output }: Pick<CommandContext, 'output'>,
  directory: string,
) {
  return {
    /** Name of the model, for whom the platform trusts for it. */
    model: async () => {
      const path = join(directory, PACKAGE_FILES.model);
      const text = await readFile(path, 'utf8').catch(() => undefined);
      const { data } = checkDocument(
        PACKAGE_FILES.model,
        modelFileSchema,
        text && parse(text),
      );
      if (data) return data.name;
      throw usageError(
        `${path} does not say which model this is, so the platform cannot be asked whom it trusts`,
        'Say whom you trust with --key or --root.',
      );
    },
    filesFor: async (bundle: Buffer): Promise<FileDigest[]> => {
      const files = await listAllFiles(directory, [
        ...IGNORED_PATHS,
        ...ignoredBy(bundle),
      ]);
      output.info(`Hashing ${plural(files.length, 'file')}`);
      const hashed: FileDigest[] = [];
      for (const file of files) {
        const { digest, path } = await hashFile(file);
        hashed.push({ path, digest });
      }
      return hashed;
    },
  };
}

/** What is signed to be left out; of a bundle that says nothing, or lies, nothing more is. */
function ignoredBy(bundle: Buffer): string[] {
  try {
    return readModelStatement(peekBundle(bundle).statement).ignoredPaths;
  } catch {
    return [];
  }
}

/** The signatures of a version, read from where they are kept. */
export async function readSignatures(
  context: CommandContext,
  text: string,
): Promise<{
  model: string;
  manifest: OciManifest;
  signatures: Array<{ signature: string; bundle: Buffer }>;
}> {
  const { found, source } = await openVersion(context, text);
  try {
    const stored = await source.getManifest(found.digest);
    const signatures = [];
    for (const descriptor of await source.listReferrers(found.digest)) {
      if (!isSignature(descriptor)) continue;
      signatures.push({
        signature: descriptor.digest,
        bundle: await readBundle(source, descriptor),
      });
    }
    return {
      model: found.model,
      manifest: parseManifest(source, stored),
      signatures,
    };
  } finally {
    source.close();
  }
}

export function versionFiles(manifest: OciManifest): FileDigest[] {
  return signedFiles(manifest.layers);
}

/** Whether it may be a model signature; what says nothing of itself may be one, too. */
function isSignature({ annotations, artifactType }: Descriptor): boolean {
  if (artifactType !== BUNDLE_MEDIA_TYPE) return false;
  const predicate = annotations?.[BUNDLE_ANNOTATIONS.predicateType];
  return (
    predicate === undefined || predicate === PREDICATE_TYPES.modelSignature
  );
}

/** The bundle; empty where there is none that can be read, so that one broken one hides no other. */
async function readBundle(
  source: RegistrySource,
  descriptor: Descriptor,
): Promise<Buffer> {
  const stored = await source.getManifest(descriptor);
  let layer: Descriptor | undefined;
  try {
    [layer] = parseManifest(source, stored).layers;
  } catch (error) {
    if ((error as CliError).code !== 'MANIFEST_UNUSABLE') throw error;
  }
  if (!layer || layer.size > MAX_BUNDLE_BYTES) return Buffer.alloc(0);
  const chunks: Buffer[] = [];
  const blob = source.getBlob('the signature', layer);
  for await (const chunk of verified(blob)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
