import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunning } from '../../oci/isRunning';
import { removeAtExit } from '../../oci/removeAtExit';
import { cacheFolder } from '@ml-platform/packaging';

/**
 * Runs with a folder of its own, which is gone afterwards, also on Ctrl-C. What
 * a killed run has left goes with the next.
 */
export async function withTemporaryFolder<T>(
  env: NodeJS.ProcessEnv,
  run: (folder: string) => Promise<T>,
): Promise<T> {
  const parent = join(cacheFolder(env), 'exports');
  await mkdir(parent, { recursive: true, mode: 0o700 });
  for (const name of await readdir(parent)) {
    if (!isRunning(parseInt(name, 10))) {
      await rm(join(parent, name), { recursive: true, force: true });
    }
  }
  const folder = await mkdtemp(join(parent, `${process.pid}-`));
  const keep = removeAtExit(folder);
  try {
    return await run(folder);
  } finally {
    keep();
    await rm(folder, { recursive: true, force: true });
  }
}
