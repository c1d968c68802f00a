import type { Card, ModelFile } from '@ml-platform/plugin-ml-common';
import { plural } from '../text/format';
import { ToolError } from '../errors/ToolError';
import { buildManifest, type BuiltManifest } from './buildManifest';
import { hashFile, type HashedFile } from './hashFile';
import { validatePackage } from './validatePackage';

/**
 * A valid package, described by its manifest; the bytes stay where they are.
 * @public
 */
export interface BuiltPackage extends BuiltManifest {
  directory: string;
  model: ModelFile;
  card: Card;
  /** Bytes of all files. */
  size: number;
  /** Paths in the directory that are not part of it. */
  ignored: string[];
}

/** @public */
export interface BuildPackageOptions {
  /** Called once, when the files are known to be valid. */
  onStart?: (progress: { files: number; bytes: number }) => void;
  /** Called with the bytes hashed since the last call. */
  onBytes?: (count: number) => void;
}

/**
 * Validates a package directory and computes its manifest.
 * Throws a `ToolError` with all issues when it is not valid.
 * @public
 */
export async function buildPackage(
  directory: string,
  options: BuildPackageOptions = {},
): Promise<BuiltPackage> {
  const { files, ignored, issues, model, card } = await validatePackage(
    directory,
  );
  if (issues.length || !model || !card) {
    throw new ToolError({
      code: 'PACKAGE_INVALID',
      message: `${directory} is not a valid package: ${plural(
        issues.length,
        'issue',
      )}`,
      issues,
      hint: `Correct ${
        issues.length === 1 ? 'it' : 'them'
      }, then check with: ml validate ${directory}`,
    });
  }
  const size = files.reduce((sum, file) => sum + file.size, 0);
  options.onStart?.({ files: files.length, bytes: size });
  const hashed: HashedFile[] = [];
  for (const file of files) hashed.push(await hashFile(file, options.onBytes));
  return {
    ...{ directory, model, card, size, ignored },
    ...buildManifest(model, hashed),
  };
}
