import { bundleReferrer, type Referrer } from '@ml-platform/attestations';
import { MEDIA_TYPES, repositoryOf } from '@ml-platform/plugin-ml-common';

/** Attaches a bundle to a version's manifest as any OCI client does, and gives the digest of what attaches it. */
export async function attachBundle(options: {
  url: string;
  token: string;
  model: string;
  /** Of the version. */
  digest: string;
  bundle: Buffer;
  predicateType: string;
}): Promise<string> {
  const { digest, model, token, url } = options;
  const base = `${url}/v2/${repositoryOf(model)}`;
  const headers = { authorization: `Bearer ${token}` };
  const subject = await fetch(`${base}/manifests/${digest}`, { headers });
  const referrer = bundleReferrer({
    ...options,
    subject: {
      mediaType: MEDIA_TYPES.ociManifest,
      digest,
      size: (await subject.arrayBuffer()).byteLength,
    },
    createdAt: new Date(),
  });
  await push(base, headers, referrer);
  return referrer.manifest.digest;
}

async function push(
  base: string,
  headers: Record<string, string>,
  { blobs, manifest }: Referrer,
): Promise<void> {
  for (const { bytes, digest } of blobs) {
    await expectCreated(
      await fetch(`${base}/blobs/uploads/?digest=${digest}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/octet-stream' },
        body: new Uint8Array(bytes),
      }),
    );
  }
  await expectCreated(
    await fetch(`${base}/manifests/${manifest.digest}`, {
      method: 'PUT',
      headers: { ...headers, 'content-type': MEDIA_TYPES.ociManifest },
      body: new Uint8Array(manifest.bytes),
    }),
  );
}

async function expectCreated(response: Response): Promise<void> {
  if (response.status === 201) return;
  throw new Error(`${response.status} ${await response.text()}`);
}
