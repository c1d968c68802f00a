import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../__testUtils__/eventually';
import { pushModelPackBlobs } from '../__testUtils__/modelPack';
import { digestOf, errorOf } from '../__testUtils__/RegistryClient';
import { PULL_TOKEN, StoreProcess } from '../__testUtils__/StoreProcess';
import { type StorageKind, testStorages } from '../__testUtils__/testStorages';
import type { S3Options } from '../s3/S3Options';

jest.setTimeout(180_000);

const REPOSITORY = 'models/wine';
const MEBIBYTE = 1024 * 1024;
const storages = testStorages();

describe.each(storages.kinds)(
  'the store as a process, on %s',
  (kind: StorageKind) => {
    let directory: string;
    let store: StoreProcess | undefined;
    let s3: S3Options | undefined;

    beforeEach(async () => {
      directory = await mkdtemp(join(tmpdir(), 'ml-store-process-'));
      ({ s3 } = await storages.create(kind));
    });

    afterEach(async () => {
      await store?.kill();
      store = undefined;
      await rm(directory, { recursive: true, force: true });
    });

    it('keeps what it acknowledged when it is killed in mid-upload', async () => {
      store = await StoreProcess.start({ directory, s3 });
      const manifest = await pushModelPackBlobs(store.client, REPOSITORY);
      await store.client.putManifest(REPOSITORY, '1.0.0', manifest);
      const content = randomBytes(5 * MEBIBYTE);
      const location = await store.client.startUpload(REPOSITORY);
      const acknowledged = await store.client.patch(
        location,
        content.subarray(0, 2 * MEBIBYTE),
        0,
      );
      expect(acknowledged.status).toBe(202);
      store.client.beginPatch(
        location,
        content.subarray(2 * MEBIBYTE, 3 * MEBIBYTE),
      );
      await eventually(
        async () => (await store!.client.offset(location)) > 2 * MEBIBYTE,
        'the second chunk comes in',
      );
      await store.kill();

      store = await StoreProcess.start({ directory, s3 });
      const offset = await store.client.offset(location);
      expect(offset).toBeGreaterThan(2 * MEBIBYTE);
      await store.client.patch(location, content.subarray(offset), offset);
      const digest = digestOf(content);
      expect((await store.client.finish(location, digest)).status).toBe(201);
      const pulled = await store.client.fetch(
        `/v2/${REPOSITORY}/blobs/${digest}`,
      );
      expect(digestOf(Buffer.from(await pulled.arrayBuffer()))).toBe(digest);
      const tagged = await store.client.fetch(
        `/v2/${REPOSITORY}/manifests/1.0.0`,
      );
      expect(await tagged.json()).toEqual(manifest);
    });

    it('keeps its memory flat while a large blob comes in and goes out', async () => {
      store = await StoreProcess.start({ directory, s3 });
      const piece = randomBytes(MEBIBYTE);
      const pieces = kind === 'disk' ? 300 : 200;
      const hash = createHash('sha256');
      for (let i = 0; i < pieces; i += 1) hash.update(piece);
      const digest = `sha256:${hash.digest('hex')}`;
      const before = await store.measureMemory();
      let left = pieces;
      const pushed = await store.client.fetch(
        `/v2/${REPOSITORY}/blobs/uploads/?digest=${digest}`,
        {
          method: 'POST',
          body: new ReadableStream(
            {
              pull(controller) {
                if (left-- > 0) controller.enqueue(piece.slice());
                else controller.close();
              },
            },
            { highWaterMark: 1 },
          ),
          duplex: 'half',
        } as RequestInit,
      );
      expect(pushed.status).toBe(201);
      const pulled = await store.client.fetch(
        `/v2/${REPOSITORY}/blobs/${digest}`,
      );
      let received = 0;
      for await (const chunk of pulled.body as unknown as AsyncIterable<Uint8Array>) {
        received += chunk.length;
      }
      expect(received).toBe(pieces * MEBIBYTE);
      const after = await store.measureMemory();
      expect(after.peakRss - before.rss).toBeLessThan(100 * MEBIBYTE);
    });
  },
);

describe('the store as a process, on a disk', () => {
  let directory: string;
  let store: StoreProcess | undefined;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ml-store-process-'));
  });

  afterEach(async () => {
    await store?.kill();
    store = undefined;
    await rm(directory, { recursive: true, force: true });
  });

  it('says that its disk is full, loses nothing, and goes on when there is space', async () => {
    store = await StoreProcess.start({
      directory,
      diskBytes: 8 * MEBIBYTE,
      reservedBytes: 0,
    });
    const kept = await store.client.pushBlob(REPOSITORY, randomBytes(MEBIBYTE));
    const hog = await store.client.startUpload(REPOSITORY);
    await store.client.patch(hog, Buffer.alloc(4 * MEBIBYTE), 0);
    const content = randomBytes(4 * MEBIBYTE);
    const location = await store.client.startUpload(REPOSITORY);
    const first = await store.client.patch(
      location,
      content.subarray(0, MEBIBYTE),
      0,
    );
    expect(first.status).toBe(202);

    // Announced, so refused before a byte is taken.
    const announced = await store.client.patch(
      location,
      content.subarray(MEBIBYTE),
      MEBIBYTE,
    );
    expect(announced.headers.get('upload-offset')).toBe(String(MEBIBYTE));
    expect(await errorOf(announced)).toMatchObject({
      status: 507,
      code: 'STORAGE_FULL',
      message: expect.stringMatching(
        /disk is full: \d+ bytes are free for artifacts; free space on it/,
      ),
    });

    // Not announced, so the disk itself says no in the middle.
    const streamed = await store.client.fetch(location, {
      method: 'PATCH',
      body: new Blob([content.subarray(MEBIBYTE)]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(await errorOf(streamed)).toMatchObject({ code: 'STORAGE_FULL' });
    const offset = await store.client.offset(location);
    expect(offset).toBeGreaterThan(MEBIBYTE);

    await store.client.fetch(hog, { method: 'DELETE' });
    await store.client.patch(location, content.subarray(offset), offset);
    const digest = digestOf(content);
    expect((await store.client.finish(location, digest)).status).toBe(201);
    for (const blob of [digest, kept.digest]) {
      const pulled = await store.client.fetch(
        `/v2/${REPOSITORY}/blobs/${blob}`,
      );
      expect(digestOf(Buffer.from(await pulled.arrayBuffer()))).toBe(blob);
    }
  });

  it('leaves a reserve of the disk to the platform', async () => {
    store = await StoreProcess.start({
      directory,
      diskBytes: 24 * MEBIBYTE,
      reservedBytes: 10 * MEBIBYTE,
    });
    const location = await store.client.startUpload(REPOSITORY);
    const streamed = await store.client.fetch(location, {
      method: 'PATCH',
      body: new Blob([new Uint8Array(30 * MEBIBYTE)]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(await errorOf(streamed)).toMatchObject({ status: 507 });
    expect(await store.client.offset(location)).toBeLessThan(18 * MEBIBYTE);
  });

  it("honours the access restrictions of the platform's tokens", async () => {
    store = await StoreProcess.start({ directory });
    await store.client.pushBlob(REPOSITORY, 'hello');
    const puller = store.client.as(PULL_TOKEN);
    const pulled = await puller.fetch(
      `/v2/${REPOSITORY}/blobs/${digestOf('hello')}`,
      { headers: { 'accept-encoding': 'gzip' } },
    );
    expect(await pulled.text()).toBe('hello');
    await expect(puller.pushBlob(REPOSITORY, 'no')).rejects.toThrow(
      'lacks the permission ml.artifact.push',
    );
    const stranger = store.client.as('unknown');
    expect((await stranger.fetch('/v2/')).status).toBe(401);
  });
});
