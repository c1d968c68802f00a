import { readFile, stat } from 'node:fs/promises';
import {
  cardSchema,
  checkArtifact,
  checkDocument,
  checkSample,
  modelFileSchema,
  PACKAGE_FILES,
  suiteSchema,
  type Card,
  type ModelFile,
  type PackageIssue,
  type PackagePickle,
} from '@ml-platform/plugin-ml-common';
import type { z } from 'zod';
import { ToolError } from '../errors/ToolError';
import { ExitCode } from '../errors/ExitCode';
import { collectFiles, type SourceFile } from './collectFiles';
import { openFileSource } from './fileSource';
import { withLines } from './withLines';
import { YamlFile } from './YamlFile';

/** Documents are read whole, so they have a limit. */
const MAX_DOCUMENT = 4 * 1024 * 1024;
const MAX_PACKAGE = 10 * 1024 ** 3;

const REMEDY: Record<string, string> = {
  [PACKAGE_FILES.model]:
    'write one; docs/reference/packaging.md has every field with an example',
  [PACKAGE_FILES.card]:
    'write the model card; every version has one, see docs/reference/packaging.md',
  [PACKAGE_FILES.suite]:
    'write the evaluation suite; every version has one, see docs/reference/packaging.md',
};

/** @public */
export interface PackageReport {
  directory: string;
  files: SourceFile[];
  /** Paths that no package takes. */
  ignored: string[];
  /** Everything that is wrong; empty for a valid package. */
  issues: PackageIssue[];
  /** What each pickle says of itself; none was loaded. */
  pickles: PackagePickle[];
  /** Present when `model.yaml` itself is valid. */
  model?: ModelFile;
  card?: Card;
}

/**
 * Checks a package directory and reports all that is wrong with it at once.
 * @public
 */
export async function validatePackage(
  directory: string,
): Promise<PackageReport> {
  await expectDirectory(directory);
  const { files, ignored, issues } = await collectFiles(directory);
  const byPath = new Map(files.map(file => [file.path, file]));

  const read = async <T>(path: string, schema: z.ZodType<T>) => {
    const document = await readDocument(byPath.get(path), path, issues);
    if (document === undefined) return undefined;
    const yaml = YamlFile.parse(path, document);
    issues.push(...yaml.issues);
    if (yaml.issues.length) return undefined;
    const checked = checkDocument(path, schema, yaml.value);
    issues.push(...withLines(checked.issues, yaml));
    return { yaml, data: checked.data };
  };

  const modelFile = await read(PACKAGE_FILES.model, modelFileSchema);
  const card = await read(PACKAGE_FILES.card, cardSchema);
  await read(PACKAGE_FILES.suite, suiteSchema);

  const model = modelFile?.data;
  let pickles: PackagePickle[] = [];
  if (model) {
    const found = await checkModel(model, byPath);
    issues.push(...withLines(found.issues, modelFile.yaml));
    pickles = found.pickles;
  }
  const total = files.reduce((sum, file) => sum + file.size, 0);
  if (total > MAX_PACKAGE) {
    issues.push({
      file: model?.artifact ?? PACKAGE_FILES.model,
      field: '',
      message: `the package has ${total} bytes, the limit is 10 GiB`,
      remedy: 'leave data out of it, or ask a platform admin for an exception',
    });
  }
  return {
    ...{ directory, files, ignored, issues, pickles },
    ...{ model, card: card?.data },
  };
}

async function expectDirectory(directory: string) {
  const found = await stat(directory).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new ToolError({
    code: 'NOT_A_DIRECTORY',
    exitCode: ExitCode.usage,
    message: found
      ? `${directory} is a file; a package is a directory with ${PACKAGE_FILES.model} in it`
      : `There is no directory ${directory}`,
    hint: `Name the directory that holds ${PACKAGE_FILES.model}.`,
  });
}

async function readDocument(
  file: SourceFile | undefined,
  path: string,
  issues: PackageIssue[],
): Promise<string | undefined> {
  if (!file) {
    issues.push({
      file: path,
      field: '',
      message: 'is missing',
      remedy: REMEDY[path],
    });
    return undefined;
  }
  if (file.size > MAX_DOCUMENT) {
    issues.push({
      file: path,
      field: '',
      message: `has ${file.size} bytes, more than the ${MAX_DOCUMENT} a document may have`,
    });
    return undefined;
  }
  return readFile(file.absolutePath, 'utf8');
}

async function checkModel(
  model: ModelFile,
  byPath: Map<string, SourceFile>,
): Promise<{ issues: PackageIssue[]; pickles: PackagePickle[] }> {
  const { issues, pickles } = await checkArtifact({
    model,
    files: [...byPath.values()].map(({ path, absolutePath }) => ({
      path,
      open: () => openFileSource(absolutePath),
    })),
  });
  for (const [index, path] of (model.samples ?? []).entries()) {
    issues.push(...(await checkSampleFile(model, path, index, byPath)));
  }
  return { issues, pickles };
}

async function checkSampleFile(
  model: ModelFile,
  path: string,
  index: number,
  byPath: Map<string, SourceFile>,
): Promise<PackageIssue[]> {
  if (!byPath.has(path)) {
    return [
      {
        file: PACKAGE_FILES.model,
        field: `samples[${index}]`,
        message: `the file '${path}' is not in the package`,
        remedy: 'put it there, or correct the path',
      },
    ];
  }
  const issues: PackageIssue[] = [];
  const text = await readDocument(byPath.get(path), path, issues);
  if (text === undefined) return issues;
  try {
    return checkSample(path, JSON.parse(text), model.interface);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [
      { file: path, field: '', message: `is not JSON: ${error.message}` },
    ];
  }
}
