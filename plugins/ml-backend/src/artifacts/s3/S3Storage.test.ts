import { createHash, randomBytes } from 'node:crypto';
import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockServices } from '@backstage/backend-test-utils';
import { testDatabases } from '../../__testUtils__/databases';
import { eventually } from '../../__testUtils__/startPlatform';
import { digestOf, errorOf } from '../__testUtils__/RegistryClient';
import { S3Server } from '../__testUtils__/S3Server';
import {
  startRegistry,
  type TestRegistry,
} from '../__testUtils__/startRegistry';
import { TestBucket } from '../__testUtils__/TestStorage';
import { blobKey } from './S3Blobs';
import { S3Storage } from './S3Storage';

jest.setTimeout(120_000);

const REPOSITORY = 'models/wine';
const MEBIBYTE = 1024 * 1024;
const databases = testDatabases();

describe('a bucket for the artifact store', () => {
  let server: S3Server;
  let storage: TestBucket;
  let registry: TestRegistry;

  beforeAll(async () => {
    server = await S3Server.start();
    storage = new TestBucket(server.options('portal'));
    registry = await startRegistry(await databases.init('SQLITE_3'), {
      storage,
      staleUploadMs: 0,
    });
  });

  afterAll(async () => {
    await registry?.stop();
    await server?.stop();
  });

  async function pull(digest: string): Promise<Buffer> {
    const response = await registry.client.fetch(
      `/v2/${REPOSITORY}/blobs/${digest}`,
    );
    return Buffer.from(await response.arrayBuffer());
  }

  it('goes on with an upload after it was killed in the middle', async () => {
    const content = randomBytes(18 * MEBIBYTE);
    const location = await registry.client.startUpload(REPOSITORY);
    const first = content.subarray(0, 7 * MEBIBYTE);
    expect((await registry.client.patch(location, first, 0)).status).toBe(202);

    await server.kill();
    const refused = await registry.client.patch(
      location,
      content.subarray(7 * MEBIBYTE),
      7 * MEBIBYTE,
    );
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await errorOf(refused)).toMatchObject({
      status: 503,
      code: 'STORAGE_UNAVAILABLE',
      message: expect.stringContaining('nothing that was acknowledged is lost'),
    });

    await server.startAgain();
    // It answers before it takes anything in, so the rest may be refused at first.
    await eventually(async () => {
      const offset = await registry.client.offset(location);
      expect(offset).toBeGreaterThanOrEqual(7 * MEBIBYTE);
      const rest = content.subarray(offset);
      const sent = await registry.client.patch(location, rest, offset);
      return sent.status === 202;
    }, 'the rest to be taken');
    const digest = digestOf(content);
    expect((await registry.client.finish(location, digest)).status).toBe(201);
    expect(digestOf(await pull(digest))).toBe(digest);
    expect(await storage.uploads()).toEqual([]);
  });

  it('takes chunks of any size, in objects of one size', async () => {
    const content = randomBytes(12 * MEBIBYTE + 5);
    const location = await registry.client.startUpload(REPOSITORY);
    let offset = 0;
    for (const size of [1, 3 * MEBIBYTE, 2, 8 * MEBIBYTE, MEBIBYTE + 2]) {
      const chunk = content.subarray(offset, offset + size);
      await registry.client.patch(location, chunk, offset);
      offset += size;
      expect(await registry.client.offset(location)).toBe(offset);
    }
    const digest = digestOf(content);
    expect((await registry.client.finish(location, digest)).status).toBe(201);
    const range = await registry.client.fetch(
      `/v2/${REPOSITORY}/blobs/${digest}`,
      { headers: { range: `bytes=${5 * MEBIBYTE - 2}-${5 * MEBIBYTE + 1}` } },
    );
    expect(Buffer.from(await range.arrayBuffer())).toEqual(
      content.subarray(5 * MEBIBYTE - 2, 5 * MEBIBYTE + 2),
    );
    expect(digestOf(await pull(digest))).toBe(digest);
  });

  it('keeps a blob of another algorithm, whose bytes it has to read again', async () => {
    const content = randomBytes(6 * MEBIBYTE);
    const digest = `sha512:${createHash('sha512')
      .update(content)
      .digest('hex')}`;
    const location = await registry.client.startUpload(REPOSITORY);
    const pushed = await registry.client.finish(location, digest, content);
    expect(pushed.status).toBe(201);
    expect((await pull(digest)).equals(content)).toBe(true);
  });

  it('frees what a commit has left that a crash cut off', async () => {
    const { bucket, prefix, ...connection } = storage.s3;
    const client = new S3Client({
      endpoint: connection.endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: {
        accessKeyId: connection.accessKeyId!,
        secretAccessKey: connection.secretAccessKey!,
      },
    });
    const Key = `${prefix}/${blobKey(digestOf('cut off'))}`;
    await client.send(
      new CreateMultipartUploadCommand({ Bucket: bucket, Key }),
    );
    expect(await registry.store.uploads.removeStale()).toBe(1);
    const { Uploads = [] } = await client.send(
      new ListMultipartUploadsCommand({ Bucket: bucket }),
    );
    expect(Uploads).toEqual([]);
  });

  it('is looked at before the portal relies on it', async () => {
    const logger = mockServices.logger.mock();
    const options = { ...storage.s3, logger };
    await expect(
      S3Storage.create({ ...options, bucket: 'no-such-bucket' }),
    ).rejects.toThrow(
      /no-such-bucket.*404.*Check bucket, region, endpoint and key in ml\.artifacts\.embedded\.s3/,
    );
    await expect(
      S3Storage.create({ ...options, secretAccessKey: 'wrong' }),
    ).rejects.toThrow(/403.*Check bucket/);
    await expect(
      S3Storage.create({ ...options, partBytes: 1000 }),
    ).rejects.toThrow('S3 takes no parts below 5242880 bytes');

    await S3Storage.create({ ...options, endpoint: 'http://127.0.0.1:9' });
    expect(logger.error).toHaveBeenCalledWith(
      expect.stringContaining('Uploads and downloads fail until it can'),
    );
  });
});
