import { constants, existsSync } from 'node:fs';
import {
  copyFile,
  mkdir,
  readdir,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { MEDIA_TYPES } from '@ml-platform/plugin-ml-common';
import { ToolError } from '../errors/ToolError';
import { ExitCode } from '../errors/ExitCode';
import type { BuiltPackage } from './buildPackage';
import { canonicalJson } from './canonicalJson';
import { expectUnchanged } from './hashFile';

/** Where `ml package` writes when it is not told: ignored by packages and, by its own `.gitignore`, by Git. */
export const DEFAULT_OUTPUT = '.ml-package';

/**
 * Writes a package as an OCI image layout, which any OCI tool reads.
 *
 * @remarks
 * Files are cloned where the file system can do that and copied otherwise. The
 * layout is made beside its place and moved there, so that it is whole or absent.
 *
 * @public
 */
export async function writeLayout(
  built: BuiltPackage,
  output: string,
): Promise<void> {
  const target = resolve(output);
  await expectReplaceable(target, output);
  const draft = `${target}.${process.pid}.tmp`;
  try {
    await rm(draft, { recursive: true, force: true });
    await writeFiles(built, draft);
    await rm(target, { recursive: true, force: true });
    await rename(draft, target);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function writeFiles(built: BuiltPackage, folder: string) {
  const blobs = join(folder, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const pathOf = (digest: string) => join(blobs, digest.split(':')[1]);
  for (const layer of built.layers) {
    // A clone and not a hard link: a later edit of the source must not reach the package.
    await copyFile(
      layer.absolutePath,
      pathOf(layer.digest),
      constants.COPYFILE_FICLONE,
    );
    await expectUnchanged(layer);
  }
  for (const blob of [built.config, built.manifest]) {
    await writeFile(pathOf(blob.digest), blob.bytes);
  }
  await writeFile(
    join(folder, 'index.json'),
    canonicalJson({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociIndex,
      manifests: [
        {
          mediaType: MEDIA_TYPES.ociManifest,
          artifactType: MEDIA_TYPES.modelManifest,
          digest: built.manifest.digest,
          size: built.manifest.bytes.length,
          annotations: {
            'org.opencontainers.image.ref.name': built.model.version,
          },
        },
      ],
    }),
  );
  await writeFile(join(folder, '.gitignore'), '*\n');
  await writeFile(
    join(folder, 'oci-layout'),
    canonicalJson({ imageLayoutVersion: '1.0.0' }),
  );
}

/** Refuses a folder that holds anything but a layout. */
export async function expectReplaceable(
  target: string,
  output: string,
  option = '--output',
): Promise<void> {
  if (existsSync(join(target, 'oci-layout'))) return;
  const entries = await readdir(target).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw outputError(output, option, error);
    },
  );
  if (entries.length > 0) {
    throw new ToolError({
      code: 'OUTPUT_NOT_EMPTY',
      exitCode: ExitCode.conflict,
      message: `${output} holds files that are not an OCI layout, and would be overwritten`,
      hint: `Name another directory with ${option}, or empty this one.`,
    });
  }
  await mkdir(dirname(target), { recursive: true }).catch(error => {
    throw outputError(output, option, error);
  });
}

function outputError(
  output: string,
  option: string,
  error: NodeJS.ErrnoException,
) {
  return new ToolError({
    code: 'OUTPUT_UNUSABLE',
    message: `Cannot write to ${output}: ${error.message}`,
    hint: `Name another directory with ${option}.`,
    cause: error,
  });
}
