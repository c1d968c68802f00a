import type { CommandContext } from '../../CommandContext';
import type { ImageModel } from '../../image/composeImage';
import { packageContent } from '@ml-platform/packaging';
import { readContent, readReferrers } from '../../oci/readContent';
import { hashWithProgress } from '../package/packageDirectory';
import { isDirectory } from '../isDirectory';
import { openVersion } from '../openVersion';

/** What is exported, and how to let go of it. */
export interface Subject {
  model: ImageModel;
  close(): void;
}

/** A version of the platform, or a package of this machine. */
export async function findSubject(
  context: CommandContext,
  text: string,
  options: { referrers?: boolean },
): Promise<Subject> {
  const isFolder = !text.includes('@') && (await isDirectory(text));
  return isFolder
    ? readDirectory(context, text)
    : readVersion(context, text, options);
}

async function readDirectory(
  { output }: CommandContext,
  directory: string,
): Promise<Subject> {
  const built = await hashWithProgress(output, directory);
  return {
    model: {
      file: built.model,
      digest: built.manifest.digest,
      content: packageContent(built),
    },
    close() {},
  };
}

async function readVersion(
  context: CommandContext,
  text: string,
  { referrers }: { referrers?: boolean },
): Promise<Subject> {
  const { found, source } = await openVersion(context, text);
  try {
    const stored = await source.getManifest(found.digest);
    const content = readContent(source, stored);
    if (referrers) {
      content.referrers = await readReferrers(source, found.digest);
    }
    return {
      model: {
        file: found.package,
        digest: found.digest,
        createdAt: found.createdAt,
        content,
      },
      close: () => source.close(),
    };
  } catch (error) {
    source.close();
    throw error;
  }
}
