import type { PackageIssue } from '@ml-platform/plugin-ml-common';
import type { YamlFile } from './YamlFile';

/**
 * Adds to issues of a YAML document the lines that their fields stand on.
 * @public
 */
export function withLines(
  issues: readonly PackageIssue[],
  yaml: YamlFile,
): PackageIssue[] {
  return issues.map(issue =>
    issue.field && issue.file.endsWith('.yaml')
      ? { ...issue, line: issue.line ?? yaml.lineOf(issue.field) }
      : issue,
  );
}
