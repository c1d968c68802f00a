import { authorizedFetch, registryUrl } from '@ml-platform/packaging';
import type { Version } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import { fetchPackage } from '../reproduce/fetchPackage';

/** Brings the package of a version from the registry, every file checked against its digest. */
export async function fetchVersion(
  context: CommandContext,
  version: Version,
  directory: string,
): Promise<string> {
  const { client, connection } = await context.connect();
  const name = `${version.model}@${version.version}`;
  context.output.info(`Fetch ${name} …`);
  const checks = await fetchPackage({
    ...{ version, directory },
    registry: registryUrl(connection, await client.info()),
    fetch: authorizedFetch(connection),
  });
  const bad = checks.find(({ state }) => state !== 'matches');
  if (!bad) return directory;
  throw new CliError({
    code: 'PACKAGE_INCOMPLETE',
    message: `The package of ${name} could not be fetched whole: ${
      bad.subject
    }: ${bad.state}${bad.detail ? `, ${bad.detail}` : ''}`,
  });
}
