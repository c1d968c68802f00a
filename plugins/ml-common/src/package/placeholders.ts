import type { PackageIssue } from './issues';

/**
 * How a text begins that somebody still has to write. `ml init` leaves such
 * texts, and no package with one of them is valid.
 * @public
 */
export const PLACEHOLDER = 'TO BE WRITTEN';

/**
 * Text that stands where only people know what to say.
 * @public
 */
export function placeholder(what: string): string {
  return `${PLACEHOLDER}: ${what}`;
}

/**
 * Names each place of a parsed document that still has to be written.
 * @public
 */
export function findPlaceholders(file: string, value: unknown): PackageIssue[] {
  const issues: PackageIssue[] = [];
  // An anchor of YAML may lead back to what contains it.
  const seen = new Set<unknown>();
  walk(value, '');
  return issues;

  function walk(node: unknown, field: string): void {
    if (typeof node === 'string') {
      if (node.trimStart().startsWith(PLACEHOLDER)) {
        issues.push(toIssue(file, field, node.trim()));
      }
      return;
    }
    if (typeof node !== 'object' || node === null || seen.has(node)) return;
    seen.add(node);
    for (const [key, child] of Object.entries(node)) {
      if (Array.isArray(node)) walk(child, `${field}[${key}]`);
      else walk(child, field ? `${field}.${key}` : key);
    }
  }
}

function toIssue(file: string, field: string, text: string): PackageIssue {
  const what = text.slice(PLACEHOLDER.length).replace(/^[:\s]+/, '');
  return {
    file,
    field,
    message: 'is still to be written',
    remedy: `replace the text that begins with '${PLACEHOLDER}'${
      what && ` by ${what}`
    }`,
  };
}
