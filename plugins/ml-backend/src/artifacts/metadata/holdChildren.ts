import type { Knex } from 'knex';
import { missingError } from '../manifests/checkDescriptors';

// Well below the number of variables that an engine takes in one statement.
const DIGESTS_PER_QUERY = 500;

/**
 * Locks what a manifest names, until the transaction ends: nothing of it is
 * collected or deleted meanwhile. The locks are taken in one order everywhere,
 * so that two pushes never wait for each other.
 * @throws OciError when something is no longer there
 */
export async function holdChildren(
  tx: Knex.Transaction,
  options: { repository: string; blobs: string[]; manifests: string[] },
): Promise<void> {
  const { repository } = options;
  const blobs = await hold(tx, 'ml_artifact_repository_blobs', {
    repository,
    digests: options.blobs,
  });
  if (blobs.missing.length) throw missingError('blob', blobs.missing);
  for (const digests of batches(options.blobs)) {
    await tx('ml_artifact_repository_blobs')
      .where({ repository })
      .whereIn('digest', digests)
      .update({ touched_at: new Date() });
  }
  const manifests = await hold(tx, 'ml_artifact_manifests', {
    repository,
    digests: options.manifests,
  });
  if (manifests.missing.length) {
    throw missingError('manifest', manifests.missing);
  }
}

async function hold(
  tx: Knex.Transaction,
  table: string,
  options: { repository: string; digests: string[] },
): Promise<{ missing: string[] }> {
  const { repository, digests } = options;
  const found = new Set<string>();
  for (const batch of batches(digests.sort())) {
    const rows = await tx(table)
      .where({ repository })
      .whereIn('digest', batch)
      .orderBy('digest')
      .forUpdate()
      .pluck('digest');
    rows.forEach(digest => found.add(digest));
  }
  return { missing: digests.filter(digest => !found.has(digest)) };
}

export function* batches(digests: string[]): Generator<string[]> {
  for (let start = 0; start < digests.length; start += DIGESTS_PER_QUERY) {
    yield digests.slice(start, start + DIGESTS_PER_QUERY);
  }
}
