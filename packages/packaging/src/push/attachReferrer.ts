import type { Content } from './Content';
import { listReferrer } from './listReferrer';
import { hasBlob, pushSmallBlob } from './pushBlob';
import { putManifest } from './putManifest';
import type { RegistryClient } from './RegistryClient';

/** Pushes an artifact that says something of a manifest that the registry has. */
export async function attachReferrer(
  registry: RegistryClient,
  repository: string,
  subject: { manifest: { digest: string } },
  referrer: Content,
): Promise<void> {
  for (const blob of referrer.blobs) {
    if (await hasBlob(registry, repository, blob.digest)) continue;
    await pushSmallBlob(registry, repository, blob);
  }
  await putReferrer(registry, repository, subject, referrer);
}

/** Puts the manifest of an artifact whose blobs are there, and sees that it is listed. */
export async function putReferrer(
  registry: RegistryClient,
  repository: string,
  subject: { manifest: { digest: string } },
  referrer: Content,
): Promise<void> {
  const response = await putManifest(registry, repository, referrer);
  // A registry that says nothing of the subject does not list referrers itself.
  if (!response.headers['oci-subject']) {
    await listReferrer(registry, repository, subject, referrer);
  }
}
