import { checkOnnxArtifact } from '../onnx/checkOnnxArtifact';
import {
  checkMlserver,
  type PackageFileSource,
  type PackagePickle,
} from './checkMlserver';
import type { PackageIssue } from './issues';
import { PACKAGE_FILES } from './layout';
import type { ModelFile } from './modelFile';

/** @public */
export interface CheckArtifactOptions {
  model: ModelFile;
  /** Every file of the package. */
  files: readonly PackageFileSource[];
}

/**
 * Checks the files of a package by its format, for the CLI before a push and
 * for the backend at registration. Nothing of the package is loaded or run.
 * Failures to read a file itself are thrown.
 * @public
 */
export async function checkArtifact({
  model,
  files,
}: CheckArtifactOptions): Promise<{
  issues: PackageIssue[];
  pickles: PackagePickle[];
}> {
  const artifact = files.find(({ path }) => path === model.artifact);
  if (model.artifact !== undefined && !artifact) {
    return {
      pickles: [],
      issues: [
        {
          file: PACKAGE_FILES.model,
          field: 'artifact',
          message: `the file '${model.artifact}' is not in the package`,
          remedy: 'put it there, or correct the path',
        },
      ],
    };
  }
  if (model.format === 'mlserver') return checkMlserver({ model, files });
  if (model.format !== 'onnx' || !artifact) return { issues: [], pickles: [] };
  const source = await artifact.open();
  try {
    return { issues: await checkOnnxArtifact({ model, source }), pickles: [] };
  } finally {
    await source.close?.();
  }
}
