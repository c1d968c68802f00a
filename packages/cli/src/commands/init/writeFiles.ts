import { constants, existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CliError } from '../../errors/CliError';
import { isThere, placeFiles } from './placeFiles';

export interface WriteFilesOptions {
  directory: string;
  /** Texts by their path in the directory. */
  contents: Record<string, string>;
  /** Files to copy, by their path in the directory. */
  copies: Record<string, string>;
  /** Texts that are left out where the file is there, whatever is forced. */
  optional: Record<string, string>;
  force: boolean;
  /** Told the folder that has to go when the process ends early. */
  onDraft: (draft: string) => void;
}

/** Writes all files or none, and gives their paths. */
export async function writeFiles(
  options: WriteFilesOptions,
): Promise<string[]> {
  const { directory, copies, optional, force } = options;
  const contents = { ...options.contents };
  for (const [path, text] of Object.entries(optional)) {
    if (!isThere(join(directory, path))) contents[path] = text;
  }
  const paths = [...Object.keys(copies), ...Object.keys(contents)].sort();
  let draft: string | undefined;
  try {
    // On the same file system, so that placing the files is quick.
    let parent = directory;
    while (!existsSync(parent)) parent = dirname(parent);
    draft = await mkdtemp(join(parent, '.ml-init-'));
    options.onDraft(draft);
    for (const path of paths) {
      await mkdir(dirname(join(draft, path)), { recursive: true });
    }
    for (const [path, from] of Object.entries(copies)) {
      // A clone and not a hard link: a later edit of the source must not reach the package.
      await copyFile(from, join(draft, path), constants.COPYFILE_FICLONE);
    }
    for (const [path, text] of Object.entries(contents)) {
      await writeFile(join(draft, path), text);
    }
    placeFiles({ draft, directory, paths, force });
    return paths;
  } catch (error) {
    throw new CliError({
      code: 'OUTPUT_UNUSABLE',
      message: `Cannot write to ${directory}: ${(error as Error).message}`,
      hint: 'Nothing was written. Name another directory, or make this one writable.',
      cause: error,
    });
  } finally {
    if (draft) await rm(draft, { recursive: true, force: true });
  }
}
