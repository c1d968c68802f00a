import { exampleRequest, type MlClient } from '@ml-platform/plugin-ml-common';

/**
 * The first sample request of a registered version, from its package; a made-up
 * one where the package has none.
 */
export async function sampleRequest(
  client: MlClient,
  model: string,
  version: string,
): Promise<string> {
  const found = await client.getVersion(model, version);
  const sample = found.package.samples?.length
    ? await client.predictions.getSample(model, version)
    : undefined;
  return sample?.trim() ?? JSON.stringify(exampleRequest(found.interface));
}
