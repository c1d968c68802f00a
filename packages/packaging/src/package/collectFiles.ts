import { existsSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import {
  type PackageIssue,
  SIGNATURE_FILE,
} from '@ml-platform/plugin-ml-common';

/** A file that goes into the package. */
export interface SourceFile {
  /** Path inside the package, with forward slashes. */
  path: string;
  absolutePath: string;
  size: number;
  /** Whether it is a link to another file of the package. */
  isLink?: boolean;
}

const IGNORED = /^(\..*|__pycache__|node_modules|.*\.py[co]|.*~|Thumbs\.db)$/;

/** A folder with one of these is an OCI layout or a Python environment. */
const IGNORED_WITH = ['oci-layout', 'pyvenv.cfg'];

/** Whether a file or folder of this name stays out of every package. */
export function isIgnored(name: string): boolean {
  return IGNORED.test(name);
}

/**
 * Lists the files of a package, sorted by path.
 *
 * @remarks
 * Left out: names that start with a dot, `__pycache__`, `node_modules`,
 * compiled Python, editor back-ups, virtual environments, folders that are
 * OCI layouts (the output of `ml package`), and the signature, which is attached
 * to the package. A link must lead to a file inside the package.
 */
export async function collectFiles(directory: string): Promise<{
  files: SourceFile[];
  issues: PackageIssue[];
  /** Paths that were left out. */
  ignored: string[];
}> {
  const root = await realpath(directory);
  const files: SourceFile[] = [];
  const issues: PackageIssue[] = [];
  const ignored: string[] = [];
  await walk(root);
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files, issues, ignored: ignored.sort() };

  async function walk(folder: string): Promise<void> {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const absolutePath = join(folder, entry.name);
      const path = relative(root, absolutePath).split(sep).join('/');
      if (isIgnored(entry.name) || path === SIGNATURE_FILE) {
        ignored.push(path);
        continue;
      }
      if (entry.isDirectory()) {
        if (IGNORED_WITH.some(name => existsSync(join(absolutePath, name)))) {
          ignored.push(path);
          continue;
        }
        await walk(absolutePath);
      } else {
        await add(path, absolutePath, entry.isSymbolicLink());
      }
    }
  }

  async function add(path: string, absolutePath: string, isLink: boolean) {
    const problem = (message: string, remedy: string) =>
      issues.push({ file: path, field: '', message, remedy });
    if (/[\\\p{Cc}]/u.test(path) || path.length > 512) {
      problem(
        'has a name that no package can carry',
        'use at most 512 characters, without backslashes and control characters',
      );
      return;
    }
    try {
      const target = isLink ? await realpath(absolutePath) : absolutePath;
      if (!target.startsWith(root + sep)) {
        problem(
          'is a link to a file outside of the package',
          'copy the file into the package',
        );
        return;
      }
      const found = await stat(target);
      if (!found.isFile()) {
        problem(
          'is not a regular file',
          'remove it, or put a dot before its name',
        );
        return;
      }
      files.push({
        ...{ path, absolutePath: target, size: found.size },
        ...(isLink && { isLink }),
      });
    } catch (error) {
      problem(
        `cannot be read: ${(error as Error).message}`,
        'make it readable, or remove it',
      );
    }
  }
}
