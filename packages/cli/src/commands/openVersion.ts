import type {
  MlClient,
  PlatformInfo,
  Version,
} from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../CommandContext';
import type { Connection } from '../connection/findConnection';
import { registryUrl } from '@ml-platform/packaging';
import { CliError } from '../errors/CliError';
import { ExitCode } from '../errors/ExitCode';
import { RegistrySource } from '../oci/RegistrySource';
import { RegistryClient } from '@ml-platform/packaging';
import { parseAnyRef } from './parseRef';
import { resolveRef } from './resolveRef';

/** A registered version, and where its files are read from. */
export interface OpenVersion {
  found: Version;
  /** To be closed. */
  source: RegistrySource;
  client: MlClient;
  connection: Connection;
  info: PlatformInfo;
}

/** Finds a version by its number or an alias, unless it was deleted. */
export async function openVersion(
  { connect, output }: CommandContext,
  text: string,
): Promise<OpenVersion> {
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
  });
  const source = new RegistrySource(registry, found.repository);
  return { found, source, client, connection, info };
}
