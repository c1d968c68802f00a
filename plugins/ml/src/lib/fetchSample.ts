import type { MlClient, Version } from '@ml-platform/plugin-ml-common';

/** A request longer than this is no example for a terminal. */
const MAX_BYTES = 4096;

/**
 * Reads the first sample request of a version's package. It is a convenience:
 * without it, a request of zeros is shown instead.
 */
export async function fetchSample(
  api: { predictions: Pick<MlClient['predictions'], 'getSample'> },
  { files, model, package: { samples }, version }: Version,
): Promise<unknown> {
  const file = files.find(each => each.path === samples?.[0]);
  if (!file || file.size > MAX_BYTES) return undefined;
  try {
    const text = await api.predictions.getSample(model, version);
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
