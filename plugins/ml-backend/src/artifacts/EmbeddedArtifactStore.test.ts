import { buffer } from 'node:stream/consumers';
import { testDatabases } from '../__testUtils__/databases';
import { eventually } from './__testUtils__/eventually';
import { digestOf, errorOf } from './__testUtils__/RegistryClient';
import {
  startRegistry,
  type TestRegistry,
} from './__testUtils__/startRegistry';
import { type StorageKind, testStorages } from './__testUtils__/testStorages';

jest.setTimeout(60_000);

const REPOSITORY = 'models/wine';
const databases = testDatabases();
const storages = testStorages();

describe.each(storages.kinds)('blobs on %s', (kind: StorageKind) => {
  let registry: TestRegistry;
  let count = 0;
  let content: Buffer;
  let digest: string;
  let url: string;

  beforeAll(async () => {
    registry = await startRegistry(await databases.init('SQLITE_3'), {
      storage: await storages.create(kind),
    });
  });

  afterAll(() => registry?.stop());

  beforeEach(async () => {
    count += 1;
    content = Buffer.alloc(1_000_000, `blob ${count}, `);
    ({ digest } = await registry.client.pushBlob(REPOSITORY, content));
    url = `/v2/${REPOSITORY}/blobs/${digest}`;
  });

  async function flipOneBit() {
    const bytes = (await registry.storage.read(digest))!;
    bytes[600_000] ^= 1;
    await registry.storage.write(digest, bytes);
  }

  it('are read whole and in ranges, by HTTP', async () => {
    const whole = await registry.client.fetch(url);
    expect(whole.headers.get('docker-content-digest')).toBe(digest);
    expect(whole.headers.get('content-length')).toBe('1000000');
    expect(Buffer.from(await whole.arrayBuffer()).equals(content)).toBe(true);
    const range = await registry.client.fetch(url, {
      headers: { range: 'bytes=10-19' },
    });
    expect(range.status).toBe(206);
    expect(range.headers.get('content-range')).toBe('bytes 10-19/1000000');
    expect(await range.text()).toBe(content.toString('utf8', 10, 20));
    const tail = await registry.client.fetch(url, {
      headers: { range: 'bytes=-5', 'if-range': `"${digest}"` },
    });
    expect(await tail.text()).toBe(content.toString('utf8', 999_995));
    const outside = await registry.client.fetch(url, {
      headers: { range: 'bytes=1000000-' },
    });
    expect(outside.status).toBe(416);
    const known = await registry.client.fetch(url, {
      headers: {
        'if-none-match': `"${digest}"`,
        'cache-control': 'max-age=0',
      },
    });
    expect(known.status).toBe(304);
    const head = await registry.client.fetch(url, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe('1000000');
  });

  it('are read in this process too', async () => {
    const blob = await registry.store.openBlob(REPOSITORY, digest);
    expect(blob?.size).toBe(1_000_000);
    expect((await buffer(blob!.stream)).equals(content)).toBe(true);
    const part = await registry.store.openBlob(REPOSITORY, digest, {
      start: 3,
      end: 6,
    });
    expect((await buffer(part!.stream)).equals(content.subarray(3, 7))).toBe(
      true,
    );
    expect(
      await registry.store.openBlob('models/other', digest),
    ).toBeUndefined();
  });

  it('never pass as whole when they rotted, and are repaired by a push', async () => {
    await flipOneBit();
    const response = await registry.client.fetch(url);
    await expect(response.arrayBuffer()).rejects.toThrow();
    await eventually(async () => {
      const head = await registry.client.fetch(url, { method: 'HEAD' });
      return head.status === 404;
    }, 'the file is taken away');
    expect(await errorOf(await registry.client.fetch(url))).toMatchObject({
      code: 'BLOB_UNKNOWN',
      message: expect.stringContaining('push the content again'),
    });
    expect(await registry.storage.quarantine()).toContainEqual(
      expect.stringContaining(digest.slice('sha256:'.length)),
    );
    const { items } = await registry.audit.list({ limit: 1, resource: digest });
    expect(items[0].action).toBe('artifact.blob.quarantine');

    await registry.client.pushBlob(REPOSITORY, content);
    const repaired = await registry.client.fetch(url);
    expect(digestOf(Buffer.from(await repaired.arrayBuffer()))).toBe(digest);
  });

  it('end in an error when they rotted and this process reads them', async () => {
    await flipOneBit();
    const blob = await registry.store.openBlob(REPOSITORY, digest);
    await expect(buffer(blob!.stream)).rejects.toThrow(
      `the blob ${digest} is corrupted in the storage`,
    );
  });

  it('are verified on demand', async () => {
    expect(await registry.store.verifyBlob(digest)).toBe('intact');
    await flipOneBit();
    expect(await registry.store.verifyBlob(digest)).toBe('corrupted');
    expect(await registry.store.verifyBlob(digest)).toBe('missing');
  });

  it('are not offered, nor accepted in a manifest, when they lost bytes', async () => {
    await registry.storage.write(digest, content.subarray(0, 10));
    const refused = await registry.client.putManifest(REPOSITORY, 'short', {
      schemaVersion: 2,
      config: { mediaType: 'a/b', digest, size: content.length },
      layers: [],
    });
    expect((await errorOf(refused)).code).toBe('MANIFEST_BLOB_UNKNOWN');
    expect((await registry.client.fetch(url)).status).toBe(404);
  });
});
