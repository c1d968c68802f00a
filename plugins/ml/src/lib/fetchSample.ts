import type { Version } from '@ml-platform/plugin-ml-common';

/** A request longer than this is no example for a terminal. */
const MAX_BYTES = 4096;

/**
 * Reads the first sample request of a version's package from the registry.
 * It is a convenience: without it, a request of zeros is shown instead.
 */
export async function fetchSample(options: {
  fetch: typeof fetch;
  backendUrl: string;
  version: Version;
}): Promise<unknown> {
  const { backendUrl, version } = options;
  const path = version.package.samples?.[0];
  const file = version.files.find(each => each.path === path);
  if (!file || file.size > MAX_BYTES) return undefined;
  const url = `${backendUrl}/v2/${version.repository}/blobs/${file.digest}`;
  try {
    const response = await options.fetch(url);
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}
