import { randomUUID } from 'node:crypto';
import { S3Server } from './S3Server';
import { TestBucket, TestDisk, type TestStorage } from './TestStorage';

export type StorageKind = 'disk' | 'S3';

/**
 * The storages that the artifact store is tested on: a disk, and a real S3
 * server, which runs until the tests of the file are over.
 */
export function testStorages() {
  const kinds: StorageKind[] = ['disk', 'S3'];
  let server: Promise<S3Server> | undefined;
  afterAll(async () => (await server)?.stop());
  return {
    kinds,
    /** Each of the others with each kind. */
    with: <T>(others: T[]): Array<[T, StorageKind]> =>
      others.flatMap(other =>
        kinds.map((kind): [T, StorageKind] => [other, kind]),
      ),
    /** An empty one. */
    async create(kind: StorageKind): Promise<TestStorage> {
      if (kind === 'disk') return TestDisk.create();
      server ??= S3Server.start();
      return new TestBucket((await server).options(randomUUID()));
    },
  };
}
