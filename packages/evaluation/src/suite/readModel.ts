import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolError, YamlFile } from '@ml-platform/packaging';
import {
  checkDocument,
  formatIssue,
  type ModelFile,
  modelFileSchema,
  PACKAGE_FILES,
} from '@ml-platform/plugin-ml-common';

/**
 * Reads `model.yaml` of a package.
 * @throws ToolError with all that is wrong
 * @public
 */
export async function readModel(directory: string): Promise<ModelFile> {
  const path = PACKAGE_FILES.model;
  const text = await readFile(join(directory, path), 'utf8').catch(() => {
    throw new ToolError({
      code: 'PACKAGE_INVALID',
      message: `${join(directory, path)} cannot be read`,
    });
  });
  const { data, issues } = checkDocument(
    path,
    modelFileSchema,
    YamlFile.parse(path, text).value,
  );
  if (data) return data;
  throw new ToolError({
    code: 'PACKAGE_INVALID',
    message: issues.map(formatIssue).join('; '),
    issues,
  });
}
