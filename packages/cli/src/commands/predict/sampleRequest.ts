import { exampleRequest, type MlClient } from '@ml-platform/plugin-ml-common';
import {
  authorizedFetch,
  registryUrl,
  statusOptions,
} from '@ml-platform/packaging';
import type { Connection } from '../../connection/findConnection';
import { CliError } from '../../errors/CliError';

/**
 * The first sample request of a registered version, read from its package;
 * a made-up one where the package has none.
 */
export async function sampleRequest(
  connection: Connection,
  client: MlClient,
  model: string,
  version: string,
): Promise<string> {
  const found = await client.getVersion(model, version);
  const path = found.package.samples?.[0];
  const file = found.files.find(item => item.path === path);
  if (!file) return JSON.stringify(exampleRequest(found.interface));
  const base = registryUrl(connection, await client.info());
  const response = await authorizedFetch(connection)(
    `${base}/v2/${found.repository}/blobs/${file.digest}`,
  );
  if (!response.ok) {
    throw new CliError({
      ...statusOptions(response.status),
      message: `Cannot read ${file.path} of ${model}@${version}: the registry answered ${response.status}`,
    });
  }
  return (await response.text()).trim();
}
