import { cp } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Lineage } from '@ml-platform/plugin-ml-common';
import { type Check, compareDigests } from './Check';
import { digestOfFile } from './digestOfFile';
import { checkOut } from './git';
import { findInside } from './safePath';

/**
 * Lays the training code out: of its repository at the commit, or of the
 * package where no repository is named.
 */
export async function checkCode(options: {
  code: Lineage['code'];
  /** Instead of the repository that is named. */
  repository?: string;
  /** The package, already laid out. */
  packageDirectory: string;
  /** Where the code goes. */
  directory: string;
}): Promise<Check[]> {
  const { directory, packageDirectory } = options;
  const code = options.code ?? {};
  const repository = options.repository ?? code.repository;
  const about = (
    subject: string,
    found: Pick<Check, 'state' | 'detail'>,
  ): Check => ({ what: 'code', subject, ...found });
  const checks: Check[] = [];

  if (!repository) {
    await cp(packageDirectory, directory, { recursive: true });
    if (code.commit) {
      checks.push(
        about(`commit ${code.commit}`, {
          state: 'unchecked',
          detail:
            'the version names no repository; name a clone with --repository',
        }),
      );
    }
  } else if (!code.commit) {
    checks.push(
      about(repository, {
        state: 'unchecked',
        detail: 'the version names no commit of it',
      }),
    );
  } else {
    const found = await checkOut({
      // A folder is meant from here, and Git runs elsewhere.
      repository: isAddress(repository) ? repository : resolve(repository),
      commit: code.commit,
      directory,
    });
    const subject = `${repository} @ ${code.commit}`;
    if (found.state !== 'matches') return [...checks, about(subject, found)];
    checks.push(
      about(subject, { state: 'matches', detail: `commit ${found.commit}` }),
    );
  }

  if (code.path) {
    const program = await findInside(directory, code.path);
    const where = repository ? 'the repository' : 'the package';
    if (!program) {
      const detail = `${where} has no such file`;
      checks.push(about(code.path, { state: 'missing', detail }));
    } else if (code.digest) {
      const found = compareDigests(code.digest, await digestOfFile(program));
      checks.push(about(code.path, found));
    } else {
      // The commit, or the package, says what it holds.
      const isPinned = !repository || Boolean(code.commit);
      checks.push(
        about(code.path, {
          state: isPinned ? 'matches' : 'unchecked',
          detail: `is in ${where}`,
        }),
      );
    }
  }
  if (!checks.length) {
    const detail = 'the version does not say what code it was trained with';
    checks.push(about('training code', { state: 'unchecked', detail }));
  }
  return checks;
}

/** A URL, or as in git@host:team/model.git. */
function isAddress(repository: string): boolean {
  return /^([a-z][a-z0-9+.-]*:\/\/|[\w.-]+@[\w.-]+:)/i.test(repository);
}
