import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  digestOf,
  ToolError,
  withLines,
  YamlFile,
} from '@ml-platform/packaging';
import {
  checkDocument,
  formatIssue,
  PACKAGE_FILES,
  type PackageIssue,
  type Suite,
  suiteSchema,
} from '@ml-platform/plugin-ml-common';

/** A suite, and which bytes it was read from. */
export interface ReadSuite {
  suite: Suite;
  path: string;
  digest: string;
}

/**
 * Reads the suite of a package.
 * @throws ToolError with all that is wrong, each with its line
 */
export async function readSuite(directory: string): Promise<ReadSuite> {
  const path = PACKAGE_FILES.suite;
  const bytes = await readFile(join(directory, path)).catch(() => {
    throw new ToolError({
      code: 'SUITE_MISSING',
      message: `${join(
        directory,
        path,
      )} is missing, so there is nothing to evaluate`,
      hint: 'Write one; docs/reference/evaluation.md has every field.',
    });
  });
  const yaml = YamlFile.parse(path, bytes.toString('utf8'));
  if (yaml.issues.length) throw invalid(yaml.issues);
  const { data, issues } = checkDocument(path, suiteSchema, yaml.value);
  if (!data || issues.length) throw invalid(withLines(issues, yaml));
  const checks =
    data.metrics.length +
    data.slices.length +
    data.golden.length +
    data.invariance.length +
    data.ranges.length;
  if (!checks) {
    throw invalid([
      {
        file: path,
        field: '',
        message: 'asks for nothing, so nothing could be missed',
        remedy: 'add a metric with a threshold, or a golden example',
      },
    ]);
  }
  return { suite: data, path, digest: digestOf(bytes) };
}

function invalid(issues: PackageIssue[]): ToolError {
  return new ToolError({
    code: 'SUITE_INVALID',
    message: `The evaluation suite cannot be run: ${issues
      .map(formatIssue)
      .join('; ')}`,
    issues,
    hint: 'docs/reference/evaluation.md has every field.',
  });
}
