import { stat } from 'node:fs/promises';
import type { CommandContext } from '../../CommandContext';
import {
  packageContent,
  RegistryClient,
  registryUrl,
} from '@ml-platform/packaging';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';
import type { ImageModel } from '../../image/composeImage';
import { readContent, readReferrers } from '../../oci/readContent';
import { RegistrySource } from '../../oci/RegistrySource';
import { hashWithProgress } from '../package/packageDirectory';
import { parseAnyRef } from '../parseRef';
import { resolveRef } from '../resolveRef';

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

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isDirectory(),
    () => false,
  );
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
  { connect, output }: CommandContext,
  text: string,
  { referrers }: { referrers?: boolean },
): Promise<Subject> {
  const ref = parseAnyRef(text);
  const { client, connection } = await connect();
  const { model, version } = await resolveRef({ client, output }, ref);
  const found = await client.getVersion(model, version);
  if (found.state === 'deleted') {
    throw new CliError({
      code: 'VERSION_DELETED',
      exitCode: ExitCode.conflict,
      message: `${model}@${version} was deleted; its files are gone`,
    });
  }
  const info = await client.info();
  const registry = new RegistryClient({
    base: registryUrl(connection, info),
    authorization: `Bearer ${connection.token}`,
    requestId: connection.requestId,
  });
  const source = new RegistrySource(registry, found.repository);
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
