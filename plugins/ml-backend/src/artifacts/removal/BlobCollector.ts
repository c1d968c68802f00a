import type { LoggerService } from '@backstage/backend-plugin-api';
import type { ArtifactAudit } from '../ArtifactAudit';
import type { BlobStorage } from '../files/BlobStorage';
import type { KeyedLock } from '../files/KeyedLock';
import type { ArtifactRemovalStore } from '../metadata/ArtifactRemovalStore';

const BLOBS_AT_ONCE = 500;

/** What a collection freed; what it would free, in a dry run. */
export interface GarbageReport {
  dryRun: boolean;
  /** Blobs that no manifest named. */
  blobs: number;
  /** Their bytes. */
  bytes: number;
  /** Files that no record told of, left by a crash. */
  orphanFiles: number;
  /** Their bytes. */
  orphanBytes: number;
}

export interface BlobCollectorOptions {
  store: ArtifactRemovalStore;
  blobs: BlobStorage;
  /** Held by digest, by all who move or remove the file of a blob. */
  locks: KeyedLock;
  audit: ArtifactAudit;
  logger: LoggerService;
  /** How long a blob stays after somebody was told that it is there. */
  gracePeriodMs: number;
}

/**
 * Frees the bytes of blobs that nothing needs.
 *
 * A blob is needed while a manifest of any repository names it, and for a grace
 * period after a client pushed it, mounted it or asked whether it is there: it
 * may be about to push the manifest. A record is deleted in a transaction that
 * looks once more, then the file is removed. A crash in between leaves a file
 * without a record, which the next collection finds; a push that comes in
 * between waits for the file to be gone and brings it anew.
 */
export class BlobCollector {
  readonly #options: BlobCollectorOptions;

  constructor(options: BlobCollectorOptions) {
    this.#options = options;
  }

  async collect(options: { dryRun?: boolean } = {}): Promise<GarbageReport> {
    const { dryRun = false } = options;
    const cutoff = new Date(Date.now() - this.#options.gracePeriodMs);
    const report: GarbageReport = {
      dryRun,
      blobs: 0,
      bytes: 0,
      orphanFiles: 0,
      orphanBytes: 0,
    };
    await this.#collectUnused(report, cutoff);
    await this.#collectOrphans(report, cutoff);
    if (!dryRun && report.blobs + report.orphanFiles > 0) {
      await this.#record(report);
    }
    return report;
  }

  async #collectUnused(report: GarbageReport, cutoff: Date): Promise<void> {
    const { store, blobs, locks } = this.#options;
    let after: string | undefined;
    for (;;) {
      const unused = await store.listUnusedBlobs({
        touchedBefore: cutoff,
        after,
        limit: BLOBS_AT_ONCE,
      });
      for (const { digest, size } of unused) {
        const freed =
          report.dryRun ||
          (await locks.run(digest, async () => {
            const forgotten = await store.forgetBlob(digest, {
              touchedBefore: cutoff,
            });
            if (forgotten) await blobs.remove(digest);
            return forgotten;
          }));
        if (freed) {
          report.blobs += 1;
          report.bytes += size;
        }
      }
      after = unused.at(-1)?.digest;
      if (unused.length < BLOBS_AT_ONCE) return;
    }
  }

  async #collectOrphans(report: GarbageReport, cutoff: Date): Promise<void> {
    const { store, blobs, locks } = this.#options;
    for await (const files of blobs.list()) {
      const known = await store.filterKnown(files.map(file => file.digest));
      for (const { digest, size, modifiedAt } of files) {
        if (known.has(digest) || modifiedAt >= cutoff) continue;
        const freed =
          report.dryRun ||
          (await locks.run(digest, async () => {
            const needed = await store.filterKnown([digest]);
            if (needed.has(digest)) return false;
            await blobs.remove(digest);
            return true;
          }));
        if (freed) {
          report.orphanFiles += 1;
          report.orphanBytes += size;
        }
      }
    }
  }

  async #record(report: GarbageReport): Promise<void> {
    const { audit, logger } = this.#options;
    const { dryRun: _, ...details } = report;
    logger.info(
      `Freed ${report.bytes} bytes of ${report.blobs} unused artifact blobs, and ${report.orphanBytes} bytes of ${report.orphanFiles} files that a crash left`,
    );
    await audit.record({
      actor: 'artifact-store',
      action: 'artifact.garbage.collect',
      resource: 'artifacts',
      outcome: 'succeeded',
      details,
    });
  }
}
