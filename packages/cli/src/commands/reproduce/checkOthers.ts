import { copyFile, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ResponseError } from '@backstage/errors';
import type { Lineage, MlClient } from '@ml-platform/plugin-ml-common';
import { type Check, compareDigests } from './Check';
import { digestOfFile } from './digestOfFile';
import { findInside } from './safePath';

/** Compares what pins the environment, and puts it into the folder `environment`. */
export async function checkEnvironment(
  lineage: Lineage,
  directory: string,
): Promise<Check[]> {
  const { baseImage, environment, lockFile } = lineage;
  const checks: Check[] = [];
  const add = (subject: string, found: Pick<Check, 'state' | 'detail'>) =>
    checks.push({ what: 'environment', subject, ...found });
  if (lockFile) {
    const file = await findInside(join(directory, 'code'), lockFile.path);
    if (file) {
      const folder = join(directory, 'environment');
      await mkdir(folder, { recursive: true });
      await copyFile(file, join(folder, basename(lockFile.path)));
      const found = await digestOfFile(file);
      add(lockFile.path, compareDigests(lockFile.digest, found));
    } else {
      const detail = 'it is not beside the training code';
      add(lockFile.path, { state: 'missing', detail });
    }
  } else {
    add('lock file', {
      state: 'unchecked',
      detail: environment
        ? 'the version names versions of software, but no file that pins them all'
        : 'the version does not say what it was trained with',
    });
  }
  if (baseImage) {
    add(baseImage, {
      state: 'unchecked',
      detail: 'images are not looked up; pull it to see that it is there',
    });
  }
  return checks;
}

/** Looks parents up: that they are still registered, with the same content. */
export async function checkParents(
  lineage: Lineage,
  client: MlClient,
): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { digest, model, version } of lineage.parents ?? []) {
    const add = (found: Pick<Check, 'state' | 'detail'>) =>
      checks.push({ what: 'parent', subject: `${model}@${version}`, ...found });
    try {
      const found = await client.getVersion(model, version);
      if (found.state === 'deleted') {
        add({ state: 'missing', detail: 'it was deleted' });
      } else if (digest) {
        add(compareDigests(digest, found.digest));
      } else {
        // A registered version never changes.
        add({ state: 'matches', detail: `registered as ${found.digest}` });
      }
    } catch (error) {
      if (!ResponseError.is(error) || error.statusCode !== 404) throw error;
      const detail = 'it is not registered, or you may not see it';
      add({ state: 'missing', detail });
    }
  }
  return checks;
}

/** A tracker wants an account of its own, so its runs are only told. */
export function checkRun(lineage: Lineage): Check[] {
  const { run } = lineage;
  if (!run) return [];
  return [
    {
      what: 'run',
      subject: `${run.tracker} ${run.id}`,
      state: 'unchecked',
      detail: `runs are not looked up${run.uri ? `; see ${run.uri}` : ''}`,
    },
  ];
}
