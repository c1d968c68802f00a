import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { ByteRange } from '@ml-platform/plugin-ml-node';
import { composeObject, type ObjectPiece } from './composeObject';
import { createS3Client, keyPrefixOf } from './createS3Client';
import type { S3Options } from './S3Options';
import {
  describeFailure,
  isNotFound,
  isRefusal,
  storageError,
} from './storageError';

// A download holds its connection for as long as the client takes.
const MAX_SOCKETS = 200;

export interface S3Object {
  /** Without the prefix of the bucket's configuration. */
  key: string;
  size: number;
  modifiedAt: Date;
}

/** The objects of a bucket below a prefix. */
export class S3Bucket {
  readonly #client: S3Client;
  readonly #name: string;
  readonly #prefix: string;
  readonly #logger: LoggerService;

  constructor(options: S3Options & { logger: LoggerService }) {
    this.#name = options.bucket;
    this.#prefix = keyPrefixOf(options);
    this.#logger = options.logger;
    this.#client = createS3Client(options, {
      maxAttempts: 4,
      // Blobs are checked against their digests.
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: {
        connectionTimeout: 5_000,
        requestTimeout: 120_000,
        throwOnRequestTimeout: true,
        httpAgent: { maxSockets: MAX_SOCKETS },
        httpsAgent: { maxSockets: MAX_SOCKETS },
      },
    });
  }

  /**
   * Looks whether the bucket can be used. A service that does not answer may
   * come back: it is only told to the log.
   * @throws Error when it answers that it cannot
   */
  async check(): Promise<void> {
    try {
      await this.#client.send(new HeadBucketCommand({ Bucket: this.#name }));
    } catch (error) {
      const finding = `The bucket ${
        this.#name
      } of the artifact store cannot be used: ${describeFailure(error)}`;
      if (isRefusal(error)) {
        throw new Error(
          `${finding}. Check bucket, region, endpoint and key in ml.artifacts.embedded.s3`,
          { cause: error },
        );
      }
      this.#logger.error(`${finding}. Uploads and downloads fail until it can`);
    }
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    await this.#asking(() =>
      this.#client.send(
        new PutObjectCommand({ ...this.#object(key), Body: bytes }),
      ),
    );
  }

  async size(key: string): Promise<number | undefined> {
    const found = await this.#finding(() =>
      this.#client.send(new HeadObjectCommand(this.#object(key))),
    );
    return found && found.ContentLength!;
  }

  async open(key: string, range?: ByteRange): Promise<Readable | undefined> {
    const found = await this.#finding(() =>
      this.#client.send(
        new GetObjectCommand({
          ...this.#object(key),
          Range: range && `bytes=${range.start}-${range.end}`,
        }),
      ),
    );
    return found && (found.Body as Readable);
  }

  /** Reads an object that is small enough. */
  async read(key: string): Promise<Buffer> {
    const stream = await this.open(key);
    if (!stream) throw new Error(`the object ${key} is gone`);
    return this.#asking(() => buffer(stream));
  }

  /** In the order of their names, a page at a time. */
  async *list(prefix: string): AsyncGenerator<S3Object[]> {
    const pages = paginateListObjectsV2(
      { client: this.#client },
      { Bucket: this.#name, Prefix: `${this.#prefix}${prefix}` },
    );
    for (;;) {
      const { value: page, done } = await this.#asking(() => pages.next());
      if (done || !page) return;
      yield (page.Contents ?? []).map(({ Key, Size, LastModified }) => ({
        key: Key!.slice(this.#prefix.length),
        size: Size!,
        modifiedAt: LastModified!,
      }));
    }
  }

  async remove(key: string): Promise<void> {
    await this.#asking(() =>
      this.#client.send(new DeleteObjectCommand(this.#object(key))),
    );
  }

  async removeAll(keys: string[]): Promise<void> {
    for (let i = 0; i < keys.length; i += 1000) {
      const Objects = keys
        .slice(i, i + 1000)
        .map(key => ({ Key: this.#object(key).Key }));
      const { Errors } = await this.#asking(() =>
        this.#client.send(
          new DeleteObjectsCommand({
            Bucket: this.#name,
            Delete: { Objects, Quiet: true },
          }),
        ),
      );
      if (Errors?.length) {
        throw this.#failure({
          name: Errors[0].Code,
          message: `${Errors[0].Key}: ${Errors[0].Message}`,
        });
      }
    }
  }

  /** Makes an object of others, within S3: the bytes do not come here. */
  async compose(key: string, pieces: ObjectPiece[]): Promise<void> {
    await this.#asking(() =>
      composeObject(this.#client, {
        ...this.#object(key),
        pieces: pieces.map(piece => ({
          ...piece,
          key: this.#object(piece.key).Key,
        })),
      }),
    );
  }

  /** @returns how many there were */
  async abortCompositions(prefix: string, before: Date): Promise<number> {
    let aborted = 0;
    let page: ListMultipartUploadsCommandOutput | undefined;
    do {
      const query = new ListMultipartUploadsCommand({
        Bucket: this.#name,
        Prefix: `${this.#prefix}${prefix}`,
        KeyMarker: page?.NextKeyMarker,
        UploadIdMarker: page?.NextUploadIdMarker,
      });
      page = await this.#asking(() => this.#client.send(query));
      for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
        if (!Initiated || Initiated >= before) continue;
        const abort = { Bucket: this.#name, Key, UploadId };
        await this.#finding(() =>
          this.#client.send(new AbortMultipartUploadCommand(abort)),
        );
        aborted += 1;
      }
    } while (page.IsTruncated);
    return aborted;
  }

  #object(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.#name, Key: `${this.#prefix}${key}` };
  }

  async #finding<T>(work: () => Promise<T>): Promise<T | undefined> {
    return this.#asking(() =>
      work().catch(error => {
        if (isNotFound(error)) return undefined;
        throw error;
      }),
    );
  }

  async #asking<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #failure(error: unknown): Error {
    this.#logger.error(
      `The bucket ${this.#name} of the artifact store failed: ${describeFailure(
        error,
      )}`,
    );
    return storageError(error, this.#name);
  }
}
