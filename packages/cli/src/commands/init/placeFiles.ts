import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** Files that were made in a draft folder, and where they go. */
export interface Placement {
  draft: string;
  directory: string;
  /** Paths inside of both. */
  paths: readonly string[];
  force: boolean;
}

/**
 * Moves files from a draft into their directory: all of them, or none.
 *
 * @remarks
 * Does not wait for anything, so that Ctrl-C comes before or after it. A file
 * that is there is replaced with `force` only, whenever it came.
 */
export function placeFiles(placement: Placement): void {
  const { draft, directory, paths, force } = placement;
  const undo: (() => void)[] = [];
  try {
    makeFolder(directory, undo);
    for (const path of paths) {
      const target = join(directory, path);
      makeFolder(dirname(target), undo);
      if (isFolder(target)) throw new Error(`${path} is a directory there`);
      if (force && isThere(target)) {
        const old = join(draft, `${path}.replaced`);
        renameSync(target, old);
        undo.push(() => renameSync(old, target));
      }
      placeFile(join(draft, path), target);
      undo.push(() => rmSync(target));
    }
  } catch (error) {
    for (const step of undo.reverse()) step();
    throw error;
  }
}

/** Unlike a move, a link never replaces a file that came meanwhile. */
function placeFile(from: string, to: string) {
  try {
    linkSync(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Some file systems have no links.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') {
      throw error;
    }
    if (isThere(to)) throw error;
    renameSync(from, to);
  }
}

function makeFolder(folder: string, undo: (() => void)[]) {
  if (existsSync(folder)) return;
  const first = mkdirSync(folder, { recursive: true });
  if (first) undo.push(() => rmSync(first, { recursive: true }));
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Also true for a link that leads nowhere. */
export function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
