import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { FriendlyError } from '../FriendlyError.mjs';

/**
 * The shared libraries that programs need, as the dynamic linker of this machine
 * finds them: where it looks for each, and the file that is there. Libraries
 * beside a program, found by its own path, are left out.
 * @returns {Array<{ wanted: string, source: string }>}
 */
export function libraryFiles(programs) {
  const own = new Set(programs.map(program => path.dirname(program)));
  const found = new Map();
  for (const program of programs) {
    const listed = execFileSync('ldd', [program], { encoding: 'utf8' });
    if (/not found/.test(listed)) {
      throw new FriendlyError(`${program} lacks a library:\n${listed}`);
    }
    for (const [, wanted] of listed.matchAll(/(?:=> |^\s+)(\/\S+) \(/gm)) {
      if (!own.has(path.dirname(wanted))) {
        found.set(wanted, realpathSync(wanted));
      }
    }
  }
  return [...found].map(([wanted, source]) => ({ wanted, source }));
}
