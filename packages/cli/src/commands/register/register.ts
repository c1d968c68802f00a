import { ResponseError } from '@backstage/errors';
import {
  type MlClient,
  SERVED_FORMATS,
  repositoryOf,
  type Version,
} from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { backoff } from '../../connection/backoff';
import { pushTarget } from '../../connection/pushTarget';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';
import { toCliError } from '../../errors/toCliError';
import { formatBytes } from '../../output/format';
import type { BuiltPackage } from '../../packaging';
import { packageContent } from '../../oci/Content';
import { pushContent } from '../../push/pushContent';
import { RegistryClient } from '../../push/RegistryClient';
import { hashWithProgress } from '../package/packageDirectory';
import { versionText } from '../versions/versionText';
import { quoteCommand } from './quoteCommand';

const RETRIES = 6;

/** `ml register` */
export async function register(
  context: CommandContext,
  directory: string,
  { draft }: { draft?: boolean },
): Promise<void> {
  const { output, env } = context;
  const resume = `ml ${quoteCommand(context.argv)}`;
  context.onInterrupt(
    () =>
      `Interrupted. Nothing was uploaded yet. Begin again with:\n  ${resume}`,
  );
  const { connection, client } = await context.connect();
  const built = await hashWithProgress(output, directory);
  const { name, version } = built.model;
  const existing = await findVersion(client, name, version);
  const isUnchanged = existing?.digest === built.manifest.digest;
  if (existing?.state === 'deleted') throw versionDeleted(existing);
  if (existing && !isUnchanged) throw versionExists(built, existing);

  const target = pushTarget(connection, await client.info(), env);
  const registry = new RegistryClient(target);
  let pushed = { sentBytes: 0, skippedBytes: built.size };
  try {
    if (!isUnchanged) {
      pushed = await pushContent({
        ...{ registry, output, env, content: packageContent(built) },
        repository: `${target.prefix}${repositoryOf(name)}`,
        onProgress: (done, total) =>
          context.onInterrupt(
            () =>
              `Interrupted at ${formatBytes(done)} of ${formatBytes(
                total,
              )}. Continue with:\n  ${resume}`,
          ),
      });
    }
  } finally {
    registry.close();
  }
  const registered = await registerVersion(client, built, draft);
  const isDraft = registered.state === 'draft';
  const asDraft = isDraft ? ' as a draft' : '';
  output.done(
    isUnchanged
      ? `${name}@${version} is registered already${asDraft}, with the same content`
      : `Registered ${name}@${version}${asDraft}`,
  );
  await output.object({
    kind: 'Version',
    name: `${name}@${version}`,
    data: { ...registered, ...pushed, unchanged: isUnchanged },
    text: () => versionText(registered, output),
  });
  output.hint(
    SERVED_FORMATS.includes(built.model.format)
      ? `Next: ml deploy ${name}@${version} --env staging`
      : `The format '${built.model.format}' can be registered and pulled; nothing here serves it yet`,
  );
  if (isDraft) {
    output.hint(`Then, for production: ml versions publish ${name}@${version}`);
  }
}

/** Repeated when the portal is away: registering the same digest again changes nothing. */
async function registerVersion(
  client: MlClient,
  built: BuiltPackage,
  draft?: boolean,
): Promise<Version> {
  const { name, version } = built.model;
  const { digest } = built.manifest;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await client.registerVersion(name, {
        version,
        digest,
        ...(draft && { draft }),
      });
    } catch (error) {
      const isAway = toCliError(error).code === 'UNREACHABLE';
      if (isAway && attempt < RETRIES) {
        await backoff(attempt);
        continue;
      }
      // Somebody else may have been faster with this version.
      const winner = await findVersion(client, name, version).catch(() => {});
      if (winner && winner.digest !== digest)
        throw versionExists(built, winner);
      throw error;
    }
  }
}

async function findVersion(
  client: MlClient,
  model: string,
  version: string,
): Promise<Version | undefined> {
  try {
    return await client.getVersion(model, version);
  } catch (error) {
    if (ResponseError.is(error) && error.statusCode === 404) return undefined;
    throw error;
  }
}

function versionExists({ model, manifest }: BuiltPackage, existing: Version) {
  return new CliError({
    code: 'VERSION_EXISTS',
    exitCode: ExitCode.conflict,
    message: `${model.name}@${model.version} exists with other content (${short(
      existing.digest,
    )}, this package is ${short(manifest.digest)}); a version never changes`,
    hint: 'Raise `version` in model.yaml, then run the command again.',
  });
}

function versionDeleted({ model, version }: Version) {
  return new CliError({
    code: 'VERSION_DELETED',
    exitCode: ExitCode.conflict,
    message: `${model}@${version} was deleted, and its name stays taken`,
    hint: 'Raise `version` in model.yaml, then run the command again.',
  });
}

function short(digest: string): string {
  return digest.slice(0, 19);
}
