import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { mockServices } from '@backstage/backend-test-utils';
import { blobKey } from '../s3/S3Blobs';
import { S3Bucket } from '../s3/S3Bucket';
import type { S3Options } from '../s3/S3Options';
import { eventually } from './eventually';

/** Where the store under test keeps its bytes, and a look behind its back. */
export interface TestStorage {
  readonly directory: string;
  readonly s3?: S3Options;
  /** Ids of the uploads under way. */
  uploads(): Promise<string[]>;
  /** Digests of the blobs. */
  blobs(): Promise<string[]>;
  quarantine(): Promise<string[]>;
  /** Undefined when there is no such blob. */
  read(digest: string): Promise<Buffer | undefined>;
  write(digest: string, bytes: Uint8Array): Promise<void>;
  /** Lets a blob or an upload get this old, or as good as. */
  age(name: { digest: string } | { upload: string }, ms: number): Promise<void>;
  remove(): Promise<void>;
}

/** A folder of its own. */
export class TestDisk implements TestStorage {
  private constructor(readonly directory: string) {}

  static async create(): Promise<TestDisk> {
    return new TestDisk(await mkdtemp(join(tmpdir(), 'ml-artifacts-')));
  }

  uploads(): Promise<string[]> {
    return readdir(join(this.directory, 'uploads'));
  }

  async blobs(): Promise<string[]> {
    const folder = join(this.directory, 'blobs');
    const names = await readdir(folder, { recursive: true });
    return names.flatMap(name => {
      const [algorithm, , hex] = name.split('/');
      return hex ? [`${algorithm}:${hex}`] : [];
    });
  }

  quarantine(): Promise<string[]> {
    return readdir(join(this.directory, 'quarantine'));
  }

  async read(digest: string): Promise<Buffer | undefined> {
    const path = this.#fileOf(digest);
    const found = await stat(path).catch(() => undefined);
    return found && readFile(path);
  }

  async write(digest: string, bytes: Uint8Array): Promise<void> {
    const path = this.#fileOf(digest);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }

  async age(
    name: { digest: string } | { upload: string },
    ms: number,
  ): Promise<void> {
    const path =
      'digest' in name
        ? this.#fileOf(name.digest)
        : join(this.directory, 'uploads', name.upload);
    const time = new Date(Date.now() - 2 * ms);
    await utimes(path, time, time);
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  #fileOf(digest: string): string {
    return join(this.directory, blobKey(digest));
  }
}

/** A prefix of its own in a bucket. */
export class TestBucket implements TestStorage {
  readonly directory = 'unused';
  readonly #bucket: S3Bucket;

  constructor(readonly s3: S3Options) {
    this.#bucket = new S3Bucket({ ...s3, logger: mockServices.logger.mock() });
  }

  async uploads(): Promise<string[]> {
    const keys = await this.#list('uploads/');
    return [...new Set(keys.map(key => key.split('/')[1]))];
  }

  async blobs(): Promise<string[]> {
    const keys = await this.#list('blobs/');
    return keys.map(key => key.replace(/^blobs.(\w+).\w\w./, '$1:'));
  }

  async quarantine(): Promise<string[]> {
    const keys = await this.#list('quarantine/');
    return keys.map(key => key.split('/')[1]);
  }

  async read(digest: string): Promise<Buffer | undefined> {
    const stream = await this.#bucket.open(blobKey(digest));
    return stream && buffer(stream);
  }

  write(digest: string, bytes: Uint8Array): Promise<void> {
    return this.#bucket.put(blobKey(digest), bytes);
  }

  /** Nobody can turn back the clock of an object. */
  async age(
    name: { digest: string } | { upload: string },
    ms: number,
  ): Promise<void> {
    const prefix =
      'digest' in name ? blobKey(name.digest) : `uploads/${name.upload}/`;
    await eventually(async () => {
      for await (const [object] of this.#bucket.list(prefix)) {
        return object.modifiedAt.getTime() < Date.now() - ms;
      }
      throw new Error(`there is no object ${prefix}`);
    }, 'the object is old enough');
  }

  /** All objects go with the server. */
  async remove(): Promise<void> {}

  async #list(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const page of this.#bucket.list(prefix)) {
      keys.push(...page.map(({ key }) => key));
    }
    return keys;
  }
}
