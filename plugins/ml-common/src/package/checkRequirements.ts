import type { PackageIssue } from './issues';

/**
 * A Python package and its one version.
 * @public
 */
export interface Requirement {
  /** As PyPI compares names: lower case, with dashes. */
  name: string;
  version: string;
}

const PINNED =
  /^([A-Za-z0-9][\w.-]*)\s*(?:\[[\w\s,.-]*\])?\s*={2,3}\s*([\w.!+-]+)\s*(;.*)?$/;

/**
 * Reads a requirements file in which every line names an exact version; what
 * does not is an issue with its line.
 * @public
 */
export function checkRequirements(
  file: string,
  text: string,
): { requirements: Requirement[]; issues: PackageIssue[] } {
  const requirements: Requirement[] = [];
  const issues: PackageIssue[] = [];
  for (const { content, line } of logicalLines(text)) {
    const match = PINNED.exec(content);
    if (match && !match[2].includes('*')) {
      requirements.push({
        name: match[1].toLowerCase().replace(/[-_.]+/g, '-'),
        version: match[2],
      });
      continue;
    }
    const name = /^([A-Za-z0-9][\w.-]*)/.exec(content)?.[1];
    issues.push({
      file,
      field: '',
      line,
      message: `'${content.slice(0, 100)}' names no exact version`,
      remedy: name
        ? `pin it, as in ${name}==<version>; pip freeze tells which one you have`
        : 'write one <package>==<version> a line, without options and addresses',
    });
  }
  return { requirements, issues };
}

/** Lines without comments and hashes, joined where a backslash ends them. */
function logicalLines(text: string): { content: string; line: number }[] {
  const lines: { content: string; line: number }[] = [];
  let open: { content: string; line: number } | undefined;
  text.split(/\r?\n/).forEach((raw, index) => {
    open ??= { content: '', line: index + 1 };
    const part = raw.replace(/(^|\s)#.*$/, '');
    if (part.endsWith('\\')) {
      open.content += `${part.slice(0, -1)} `;
      return;
    }
    open.content += part;
    lines.push(open);
    open = undefined;
  });
  if (open) lines.push(open);
  return lines
    .map(({ content, line }) => ({
      line,
      content: content.replace(/\s--hash[=\s]\S+/g, '').trim(),
    }))
    .filter(({ content }) => content !== '');
}
