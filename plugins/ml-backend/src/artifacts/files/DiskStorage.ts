import type { LoggerService } from '@backstage/backend-plugin-api';
import { ArtifactDirectory } from './ArtifactDirectory';
import type { ArtifactStorage } from './ArtifactStorage';
import { BlobFiles } from './BlobFiles';
import { DiskSpace, isDiskFull } from './DiskSpace';
import { UploadFiles } from './UploadFiles';

/** Bytes in a folder of the local disk. */
export class DiskStorage implements ArtifactStorage {
  readonly #space: DiskSpace;
  readonly blobs: BlobFiles;
  readonly uploads: UploadFiles;

  static async create(options: {
    /** Made when it is not there. */
    directory: string;
    /** Part of the disk that uploads leave free. */
    reservedBytes: number;
    logger: LoggerService;
  }): Promise<DiskStorage> {
    const { reservedBytes, logger } = options;
    const directory = await ArtifactDirectory.create(options.directory);
    const space = new DiskSpace({
      directory: directory.root,
      reservedBytes,
      logger,
    });
    return new DiskStorage(directory, space);
  }

  private constructor(directory: ArtifactDirectory, space: DiskSpace) {
    this.#space = space;
    this.blobs = new BlobFiles({ directory });
    this.uploads = new UploadFiles({ directory, space, blobs: this.blobs });
  }

  async explain(error: unknown): Promise<unknown> {
    return isDiskFull(error) ? this.#space.fullError(error) : error;
  }
}
