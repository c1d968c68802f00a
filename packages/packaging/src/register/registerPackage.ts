import { ResponseError } from '@backstage/errors';
import {
  type MlClient,
  repositoryOf,
  type Version,
} from '@ml-platform/plugin-ml-common';
import { ExitCode } from '../errors/ExitCode';
import { ToolError } from '../errors/ToolError';
import { backoff } from '../network/backoff';
import {
  createPortalClient,
  type PortalAccess,
} from '../network/createPortalClient';
import type { BuiltPackage } from '../package/buildPackage';
import { type Content, packageContent } from '../push/Content';
import { pushContent, type PushSummary } from '../push/pushContent';
import type { PushReporter } from '../push/PushReporter';
import { pushTarget } from '../push/pushTarget';
import { RegistryClient } from '../push/RegistryClient';

const RETRIES = 6;

/** @public */
export interface RegisterPackageOptions {
  portal: PortalAccess;
  built: BuiltPackage;
  /** Registers a draft, which never reaches production. */
  draft?: boolean;
  /** Signatures and the like, attached before the version exists. */
  referrers?: Content[];
  reporter: PushReporter;
  /** Account of another registry, and the folder of what resumes an upload. */
  env: NodeJS.ProcessEnv;
  /** Told how far the upload is. */
  onProgress?: (done: number, total: number) => void;
}

/** @public */
export interface RegisteredPackage extends PushSummary {
  version: Version;
  /** Whether it was registered already, with the same content. */
  isUnchanged: boolean;
}

/**
 * Pushes a package to where the portal keeps its artifacts, and registers it.
 * The same content again changes nothing, so that it can be repeated.
 * @public
 */
export async function registerPackage(
  options: RegisterPackageOptions,
): Promise<RegisteredPackage> {
  const { built, draft, env, portal, referrers = [], reporter } = options;
  const { name, version } = built.model;
  const client = createPortalClient(portal);
  const existing = await findVersion(client, name, version);
  const isUnchanged = existing?.digest === built.manifest.digest;
  if (existing?.state === 'deleted') throw versionDeleted(existing);
  if (existing && !isUnchanged) throw versionExists(built, existing);

  const target = pushTarget(portal, await client.info(), env);
  const registry = new RegistryClient({
    ...target,
    requestId: portal.requestId,
  });
  let pushed: PushSummary = { sentBytes: 0, skippedBytes: built.size };
  try {
    if (!isUnchanged || referrers.length) {
      pushed = await pushContent({
        ...{ registry, reporter, env },
        content: { ...packageContent(built), referrers },
        repository: `${target.prefix}${repositoryOf(name)}`,
        onProgress: options.onProgress,
        findPrevious: () => findPrevious(client, name),
      });
    }
  } finally {
    registry.close();
  }
  const registered = await registerVersion(client, built, draft);
  return { ...pushed, version: registered, isUnchanged };
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
      const isAway = error instanceof ToolError && error.code === 'UNREACHABLE';
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

/** Digest of the highest version that still has its files. */
async function findPrevious(
  client: MlClient,
  model: string,
): Promise<string | undefined> {
  try {
    const { items } = await client.listVersions(model, { limit: 10 });
    return items.find(({ state }) => state !== 'deleted')?.digest;
  } catch (error) {
    // The model is new.
    if (ResponseError.is(error) && error.statusCode === 404) return undefined;
    throw error;
  }
}

function versionExists({ model, manifest }: BuiltPackage, existing: Version) {
  return new ToolError({
    code: 'VERSION_EXISTS',
    exitCode: ExitCode.conflict,
    message: `${model.name}@${model.version} exists with other content (${short(
      existing.digest,
    )}, this package is ${short(manifest.digest)}); a version never changes`,
    hint: 'Raise `version` in model.yaml, then run the command again.',
  });
}

function versionDeleted({ model, version }: Version) {
  return new ToolError({
    code: 'VERSION_DELETED',
    exitCode: ExitCode.conflict,
    message: `${model}@${version} was deleted, and its name stays taken`,
    hint: 'Raise `version` in model.yaml, then run the command again.',
  });
}

function short(digest: string): string {
  return digest.slice(0, 19);
}
