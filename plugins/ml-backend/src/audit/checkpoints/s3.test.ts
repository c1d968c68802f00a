import { randomUUID } from 'node:crypto';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { S3Server } from '../../artifacts/__testUtils__/S3Server';
import { checkpointText } from './checkpoint';
import { S3Sink } from './S3Sink';
import { NoteSigner } from './SignedNote';

jest.setTimeout(120_000);

describe('checkpoints in a bucket with object lock', () => {
  let server: S3Server;
  let client: S3Client;
  const bucket = 'audit-worm';
  const signer = new NoteSigner('ml.example/audit', Buffer.alloc(32, 5));
  const noteOf = (size: number) =>
    signer.sign(
      checkpointText({
        origin: 'ml.example/audit',
        size,
        root: Buffer.alloc(32, size % 256),
      }),
    );
  const at = (size: number) => new Date(size * 60_000).toISOString();
  const sinkAt = (prefix: string, name = bucket) =>
    new S3Sink({ ...server.options(prefix), bucket: name, retainDays: 30 });

  beforeAll(async () => {
    server = await S3Server.start();
    const { accessKeyId, endpoint, secretAccessKey } = server.options('');
    client = new S3Client({
      endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: {
        accessKeyId: accessKeyId!,
        secretAccessKey: secretAccessKey!,
      },
    });
    await client.send(
      new CreateBucketCommand({
        Bucket: bucket,
        ObjectLockEnabledForBucket: true,
      }),
    );
  });
  afterAll(() => server?.stop());

  it('come back in their order, the newest without the others', async () => {
    const sink = sinkAt(randomUUID());
    expect(await sink.newest()).toBeUndefined();
    expect(await sink.read()).toEqual([]);
    for (const size of [1, 9, 10, 1_000, 1_234_567]) {
      await sink.write(noteOf(size), at(size));
    }
    expect(await sink.newest()).toEqual({
      at: at(1_234_567),
      note: noteOf(1_234_567),
    });
    expect((await sink.read()).map(kept => kept.at)).toEqual(
      [1, 9, 10, 1_000, 1_234_567].map(at),
    );
  });

  it('cannot be deleted, and are what they were however somebody overwrites them', async () => {
    const prefix = randomUUID();
    const sink = sinkAt(prefix);
    await sink.write(noteOf(7), at(7));
    const { Versions } = await client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix }),
    );
    const [{ Key, VersionId }] = Versions!;
    await expect(
      client.send(new DeleteObjectCommand({ Bucket: bucket, Key, VersionId })),
    ).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    await client.send(
      new PutObjectCommand({
        ...{ Bucket: bucket, Key },
        Body: JSON.stringify({ at: at(8), note: 'forged' }),
      }),
    );
    expect(await sink.newest()).toEqual({ at: at(7), note: noteOf(7) });
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    expect(await sink.newest()).toEqual({ at: at(7), note: noteOf(7) });
    expect(await sink.read()).toHaveLength(1);
  });

  it('are not put where they could be deleted', async () => {
    await client.send(new CreateBucketCommand({ Bucket: 'plain' }));
    await expect(
      sinkAt(randomUUID(), 'plain').write(noteOf(1), at(1)),
    ).rejects.toThrow('the bucket plain has no object lock');
    await expect(
      sinkAt(randomUUID(), 'missing').write(noteOf(1), at(1)),
    ).rejects.toThrow();
  });
});
