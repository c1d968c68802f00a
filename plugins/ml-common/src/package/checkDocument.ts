import type { z } from 'zod';
import { type PackageIssue, toPackageIssues } from './issues';
import { findPlaceholders } from './placeholders';

/**
 * Checks a parsed document of a package, for the CLI before a push and for
 * the backend at registration. `data` is present when its schema is kept,
 * also where something is still to be written.
 * @public
 */
export function checkDocument<T extends z.ZodType>(
  file: string,
  schema: T,
  value: unknown,
): { data?: z.output<T>; issues: PackageIssue[] } {
  const placeholders = findPlaceholders(file, value);
  const parsed = schema.safeParse(value);
  if (parsed.success) return { data: parsed.data, issues: placeholders };
  // A placeholder for a number or list breaks the schema as well; once said is enough.
  const open = new Set(placeholders.map(issue => issue.field));
  const found = toPackageIssues(file, parsed.error);
  return {
    issues: [...found.filter(issue => !open.has(issue.field)), ...placeholders],
  };
}
