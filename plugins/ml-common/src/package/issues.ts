import type { z } from 'zod';

/**
 * Something wrong in a package, and where.
 * @public
 */
export interface PackageIssue {
  /** File inside the package, e.g. `model.yaml`. */
  file: string;
  /** Field inside the file, e.g. `interface.inputs[0].datatype`; empty for the file as a whole. */
  field: string;
  message: string;
  /** What to do about it. */
  remedy?: string;
  /** 1-based line, where it is known. */
  line?: number;
}

/**
 * Turns a schema's complaints into issues of one file.
 * @public
 */
export function toPackageIssues(
  file: string,
  error: z.ZodError,
): PackageIssue[] {
  return error.issues.flatMap(issue => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map(key => ({
        file,
        field: formatPath([...issue.path, key]),
        message: 'is not a known field',
        remedy: 'remove it, or correct its spelling',
      }));
    }
    return [{ file, field: formatPath(issue.path), message: describe(issue) }];
  });
}

/**
 * One or two lines for people: `model.yaml:12 interface.inputs[0].datatype: …`.
 * @public
 */
export function formatIssue(issue: PackageIssue): string {
  const place = issue.line ? `${issue.file}:${issue.line}` : issue.file;
  const line = `${issue.field ? `${place} ${issue.field}` : place}: ${
    issue.message
  }`;
  return issue.remedy ? `${line}\n  → ${issue.remedy}` : line;
}

/** A schema's complaint in words that need no knowledge of the schema library. */
function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') {
    // The parsed value is not kept in the issue; only the message tells that there was none.
    return issue.message.endsWith('received undefined')
      ? `is missing; it must be ${withArticle(issue.expected)}`
      : issue.message.replace(
          /^Invalid input: expected (\w+), received/,
          'must be a value of type $1, not',
        );
  }
  if (issue.code === 'invalid_value') {
    return `must be ${issue.values
      .map(value => (typeof value === 'string' ? value : String(value)))
      .join(' or ')}`;
  }
  return issue.message;
}

function withArticle(type: string): string {
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text ? `${text}.${String(part)}` : String(part);
  }, '');
}
