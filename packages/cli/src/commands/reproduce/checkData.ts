import { mkdir, stat, symlink } from 'node:fs/promises';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Lineage } from '@ml-platform/plugin-ml-common';
import { type Check, compareDigests } from './Check';
import { digestOfFile } from './digestOfFile';
import { download } from './download';
import { messageOf } from './fetchPackage';
import { findInside } from './safePath';

type Dataset = NonNullable<Lineage['datasets']>[number];
type Found = Pick<Check, 'state' | 'detail'>;

/** A dataset, and where it lies now. */
export interface LaidOutDataset {
  dataset: Dataset;
  check: Check;
  /** Relative to the whole; absent where it could not be had. */
  path?: string;
}

/** Fetches or links a dataset, and compares its digest. */
export async function checkDataset(options: {
  dataset: Dataset;
  /** File that the user has named for it. */
  given?: string;
  /** The whole; data go into its folder `data`. */
  directory: string;
  /** Tells datasets of one name apart. */
  number: number;
}): Promise<LaidOutDataset> {
  const { dataset, directory, given, number } = options;
  const { digest, name, uri } = dataset;
  const of = (found: Found, path?: string): LaidOutDataset => ({
    dataset,
    check: { what: 'data', subject: name, ...found },
    ...(path && { path }),
  });
  const path = (source: string) => join('data', `${number}-${nameOf(source)}`);
  const link = async (file: string) => {
    const found = await compareFile(file, digest);
    if (found.state === 'missing') return of(found);
    await mkdir(join(directory, 'data'), { recursive: true });
    await symlink(file, join(directory, path(file)));
    return of(found, path(file));
  };

  if (given) return link(resolve(given));
  if (!uri) {
    const detail = `the version does not say where it is; name a file with --data '${name}=<path>'`;
    return of({ state: 'unchecked', detail });
  }
  if (isAbsolute(uri)) return link(uri);
  const [, scheme] = /^([a-z][a-z0-9+.-]*):/i.exec(uri) ?? [];
  switch (scheme?.toLowerCase()) {
    case undefined: {
      const file = await findInside(join(directory, 'code'), uri);
      if (!file) {
        const detail = `there is no ${uri} beside the training code`;
        return of({ state: 'missing', detail });
      }
      return of(await compareFile(file, digest), join('code', uri));
    }
    case 'file':
      try {
        return await link(fileURLToPath(uri));
      } catch (error) {
        return of({ state: 'missing', detail: messageOf(error) });
      }
    case 'http':
    case 'https':
      try {
        const file = path(new URL(uri).pathname);
        const found = await download({
          url: uri,
          file: join(directory, file),
          fetch,
        });
        return of(compareDigests(digest, found), file);
      } catch (error) {
        return of({ state: 'missing', detail: `${uri}: ${messageOf(error)}` });
      }
    default:
      return of({
        state: 'unchecked',
        detail: `${scheme}: cannot be read from here; fetch ${uri} and name the file with --data '${name}=<path>'`,
      });
  }
}

async function compareFile(
  file: string,
  digest: string | undefined,
): Promise<Found> {
  try {
    if (!(await stat(file)).isFile()) {
      const detail = `${file} is not a file, and only files have a digest`;
      return { state: 'unchecked', detail };
    }
    return compareDigests(digest, await digestOfFile(file));
  } catch (error) {
    return { state: 'missing', detail: messageOf(error) };
  }
}

function nameOf(source: string): string {
  return basename(source).replace(/[^\w.-]+/g, '_') || 'data';
}
