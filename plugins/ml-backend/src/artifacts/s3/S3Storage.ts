import type { LoggerService } from '@backstage/backend-plugin-api';
import type { ArtifactStorage } from '../files/ArtifactStorage';
import { S3Blobs } from './S3Blobs';
import { S3Bucket } from './S3Bucket';
import type { S3Options } from './S3Options';
import { S3Uploads } from './S3Uploads';

const MEBIBYTE = 1024 * 1024;
/** S3 makes no object of smaller parts. */
const LEAST_PART_BYTES = 5 * MEBIBYTE;

/** Bytes in a bucket of S3, or of a service that speaks its protocol. */
export class S3Storage implements ArtifactStorage {
  readonly blobs: S3Blobs;
  readonly uploads: S3Uploads;

  static async create(
    options: S3Options & { logger: LoggerService },
  ): Promise<S3Storage> {
    const { partBytes = 8 * MEBIBYTE } = options;
    if (!(partBytes >= LEAST_PART_BYTES)) {
      throw new Error(
        `ml.artifacts.embedded.s3.partBytes is ${partBytes}, but S3 takes no parts below ${LEAST_PART_BYTES} bytes (5 MiB)`,
      );
    }
    const bucket = new S3Bucket(options);
    await bucket.check();
    return new S3Storage(bucket, partBytes);
  }

  private constructor(bucket: S3Bucket, partBytes: number) {
    this.blobs = new S3Blobs({ bucket });
    this.uploads = new S3Uploads({ bucket, partBytes });
  }

  /** The bucket explains its failures itself. */
  async explain(error: unknown): Promise<unknown> {
    return error;
  }
}
