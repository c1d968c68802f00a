import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A search path with a `git` that kills whoever calls it at the one moment
 * that counts: when it is to move the branch, or has just done so.
 */
export function deadlyGit(folder: string, moment: 'before' | 'after'): string {
  const real = execFileSync('sh', ['-c', 'command -v git']).toString().trim();
  const bin = join(folder, moment);
  mkdirSync(bin);
  const lines = [`${real} "$@"`, 'kill -9 $PPID'];
  writeFileSync(
    join(bin, 'git'),
    [
      '#!/bin/sh',
      'case " $* " in',
      '*" update-ref refs/heads/main "*) ;;',
      `*) exec ${real} "$@" ;;`,
      'esac',
      ...(moment === 'before' ? lines.slice(1) : lines),
      '',
    ].join('\n'),
    { mode: 0o755 },
  );
  return `${bin}:${process.env.PATH}`;
}
