import {
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { createS3Client, keyPrefixOf } from '../../artifacts/s3/createS3Client';
import type { S3Options } from '../../artifacts/s3/S3Options';
import type { CheckpointSink, KeptCheckpoint } from './CheckpointSink';
import { sizeIn } from './checkpoint';

/** So many of the newest are compared; each covers all entries before it. */
const READ = 500;
const AT_ONCE = 16;
/** Keys count down, so that the newest comes first. */
const HIGHEST = 10 ** 15;
const DAY_MS = 24 * 60 * 60 * 1000;

export interface S3SinkOptions extends S3Options {
  /** How long no one can delete a checkpoint. */
  retainDays: number;
}

interface Version {
  key: string;
  id: string;
}

/**
 * Keeps each checkpoint as an object that nobody can delete or overwrite for
 * years, administrators of the bucket included: S3 object lock in compliance
 * mode. What counts of an object is its first version: later ones and delete
 * markers are what somebody tried.
 */
export class S3Sink implements CheckpointSink {
  readonly name: string;
  readonly kind = 's3';
  readonly #options: S3SinkOptions;
  readonly #prefix: string;
  readonly #client: S3Client;
  #isLocked = false;

  constructor(options: S3SinkOptions) {
    this.#options = options;
    this.#prefix = keyPrefixOf(options);
    this.name = `s3://${options.bucket}/${this.#prefix}`;
    this.#client = createS3Client(options, {
      maxAttempts: 3,
      requestHandler: {
        connectionTimeout: 5_000,
        requestTimeout: 20_000,
        throwOnRequestTimeout: true,
      },
    });
  }

  async newest(): Promise<KeptCheckpoint | undefined> {
    const [version] = await this.#versions(1);
    return version && this.#get(version);
  }

  async read(): Promise<KeptCheckpoint[]> {
    const versions = await this.#versions(READ);
    const notes: KeptCheckpoint[] = [];
    for (let from = 0; from < versions.length; from += AT_ONCE) {
      const some = versions.slice(from, from + AT_ONCE);
      notes.push(...(await Promise.all(some.map(one => this.#get(one)))));
    }
    return notes.reverse();
  }

  async write(note: string, at: string): Promise<void> {
    await this.#requireLock();
    const { bucket: Bucket, retainDays } = this.#options;
    const rank = String(HIGHEST - sizeIn(note)).padStart(16, '0');
    const Key = `${this.#prefix}${rank}.json`;
    const { VersionId } = await this.#client.send(
      new PutObjectCommand({
        ...{ Bucket, Key },
        Body: JSON.stringify({ at, note }),
        ContentType: 'application/json',
        ObjectLockMode: 'COMPLIANCE',
        ObjectLockRetainUntilDate: new Date(Date.now() + retainDays * DAY_MS),
      }),
    );
    const kept = await this.#client.send(
      new HeadObjectCommand({ Bucket, Key, VersionId }),
    );
    if (kept.ObjectLockMode === 'COMPLIANCE') return;
    throw new Error(
      `the object ${Key} was stored without a lock; the service does not keep to object lock`,
    );
  }

  async #requireLock(): Promise<void> {
    if (this.#isLocked) return;
    const { bucket } = this.#options;
    const found = await this.#client
      .send(new GetObjectLockConfigurationCommand({ Bucket: bucket }))
      .catch(error => {
        if (error.name === 'ObjectLockConfigurationNotFoundError') {
          return undefined;
        }
        throw error;
      });
    if (found?.ObjectLockConfiguration?.ObjectLockEnabled !== 'Enabled') {
      throw new Error(
        `the bucket ${bucket} has no object lock, so its checkpoints could be deleted; make a bucket with object lock`,
      );
    }
    this.#isLocked = true;
  }

  /** The first version of each object, of the newest checkpoint first. */
  async #versions(count: number): Promise<Version[]> {
    const first = new Map<string, Version>();
    let marker: { KeyMarker?: string; VersionIdMarker?: string } = {};
    for (;;) {
      const page = await this.#client.send(
        new ListObjectVersionsCommand({
          Bucket: this.#options.bucket,
          Prefix: this.#prefix,
          MaxKeys: Math.min(1000, count + 20),
          ...marker,
        }),
      );
      // Of a key, newer versions come first: the last one counts.
      for (const { Key, VersionId } of page.Versions ?? []) {
        if (!Key?.endsWith('.json')) continue;
        if (first.size === count && !first.has(Key)) return [...first.values()];
        first.set(Key, { key: Key, id: VersionId! });
      }
      if (!page.IsTruncated) return [...first.values()];
      marker = {
        KeyMarker: page.NextKeyMarker,
        VersionIdMarker: page.NextVersionIdMarker,
      };
    }
  }

  async #get({ id, key }: Version): Promise<KeptCheckpoint> {
    const { Body } = await this.#client.send(
      new GetObjectCommand({
        Bucket: this.#options.bucket,
        Key: key,
        VersionId: id,
      }),
    );
    const { at, note } = JSON.parse(await Body!.transformToString());
    return { at: String(at), note: String(note) };
  }
}
