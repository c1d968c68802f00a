import { createHash } from 'node:crypto';
import type { TestDatabaseId } from '@backstage/backend-test-utils';
import {
  type BlobChunks,
  DELTA_BASE_HEADER,
  DELTA_MEDIA_TYPE,
  type DeltaInstruction,
  encodeDeltaInstruction,
} from '@ml-platform/plugin-ml-common';
import { mockCredentials } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import { testDatabases } from '../../__testUtils__/databases';
import { digestOf, errorOf } from '../__testUtils__/RegistryClient';
import {
  startRegistry,
  type TestRegistry,
} from '../__testUtils__/startRegistry';
import { type StorageKind, testStorages } from '../__testUtils__/testStorages';

jest.setTimeout(60_000);

const REPOSITORY = 'models/wine';
const databases = testDatabases();
const storages = testStorages();

/** The same in every run. */
function someBytes(length: number): Buffer {
  const parts = [];
  for (let index = 0; index < length / 32; index += 1) {
    parts.push(createHash('sha256').update(`part ${index}`).digest());
  }
  return Buffer.concat(parts);
}

const copy = (start: number, length: number): DeltaInstruction & object => ({
  kind: 'copy',
  start,
  length,
});

function delta(...steps: Array<DeltaInstruction | string | Buffer>): Buffer {
  return Buffer.concat(
    steps.flatMap(step => {
      if (typeof step === 'object' && 'kind' in step) {
        return [encodeDeltaInstruction(step)];
      }
      const { length } = step;
      return [
        encodeDeltaInstruction({ kind: 'data', length }),
        Buffer.from(step),
      ];
    }),
  );
}

describe.each(storages.with(databases.ids))(
  'uploads as a difference on %s and %s',
  (databaseId: TestDatabaseId, kind: StorageKind) => {
    let knex: Knex;
    let registry: TestRegistry;
    const content = someBytes(2_000_000);
    let base: string;
    let location: string;

    beforeAll(async () => {
      knex = await databases.init(databaseId);
      registry = await startRegistry(knex, {
        storage: await storages.create(kind),
        maxArtifactBytes: 3_000_000,
      });
      base = (await registry.client.pushBlob(REPOSITORY, content)).digest;
    });

    beforeEach(async () => {
      location = await registry.client.startUpload(REPOSITORY);
    });

    afterAll(() => registry.stop());

    function patch(
      body: Buffer,
      range: string,
      { from = base, client = registry.client, to = location } = {},
    ): Promise<Response> {
      return client.fetch(to, {
        method: 'PATCH',
        body: new Uint8Array(body),
        headers: {
          'content-type': DELTA_MEDIA_TYPE,
          'content-range': range,
          [DELTA_BASE_HEADER]: from,
        },
      });
    }

    async function pull(digest: string): Promise<Buffer> {
      const response = await registry.client.fetch(
        `/v2/${REPOSITORY}/blobs/${digest}`,
      );
      return Buffer.from(await response.arrayBuffer());
    }

    it('lists the chunks of a blob, and says that it takes a difference', async () => {
      const response = await registry.client.fetch(
        `/v2/${REPOSITORY}/_ml/chunks/${base}`,
      );
      const { average, chunks }: BlobChunks = await response.json();
      expect(average).toBe(65_536);
      let offset = 0;
      for (const [size, sha256] of chunks) {
        const chunk = content.subarray(offset, offset + size);
        expect(digestOf(chunk)).toBe(`sha256:${sha256}`);
        offset += size;
      }
      expect(offset).toBe(content.length);
      expect(chunks.length).toBeGreaterThan(10);
      const status = await registry.client.fetch(location);
      expect(status.headers.get('accept-patch')).toContain(DELTA_MEDIA_TYPE);
    });

    it('makes a blob of what it has and what comes, in any order', async () => {
      const wanted = Buffer.concat([
        content.subarray(1_500_000, 1_500_100),
        Buffer.from('new in the middle'),
        content.subarray(0, 1_000_000),
        content.subarray(1_000_007, 1_500_000),
        Buffer.from('the end'),
      ]);
      const first = await patch(
        delta(copy(1_500_000, 100), 'new in the middle', copy(0, 500_000)),
        '0-500116',
      );
      expect(first.headers.get('upload-offset')).toBe('500117');
      const second = await patch(
        delta(copy(500_000, 500_000), copy(1_000_007, 499_993)),
        '500117-1500109',
      );
      expect(second.status).toBe(202);
      const digest = digestOf(wanted);
      const end = await registry.client.finish(location, digest, 'the end');
      expect(end.status).toBe(201);
      expect((await pull(digest)).equals(wanted)).toBe(true);
    });

    it('refuses what a wrong chunk list led to by its digest', async () => {
      await patch(delta(copy(1, 1_000_000)), '0-999999');
      const digest = digestOf(content.subarray(0, 1_000_000));
      const refused = await registry.client.finish(location, digest);
      expect(await errorOf(refused)).toMatchObject({
        status: 400,
        code: 'DIGEST_INVALID',
      });
      expect((await registry.client.fetch(location)).status).toBe(404);
      expect(await registry.storage.blobs()).not.toContain(digest);
    });

    it.each<[string, Buffer, number]>([
      ['copies beyond the end', delta('ab', copy(1_999_990, 11)), 2],
      ['is no instruction', Buffer.concat([delta('ab'), Buffer.alloc(17)]), 2],
      [
        'ends in an instruction',
        Buffer.concat([delta('ab'), Buffer.from('C')]),
        2,
      ],
      ['ends in its data', delta('abcd').subarray(0, -2), 2],
      ['makes more than announced', delta('ab', copy(0, 100)), 2],
    ])(
      'refuses a difference that %s, and keeps what came before',
      async (_, body, kept) => {
        const refused = await patch(body, '0-12');
        expect(refused.status).toBe(400);
        expect(refused.headers.get('upload-offset')).toBe(String(kept));
        await registry.client.patch(location, 'cd', kept);
        const digest = digestOf('abcd');
        const end = await registry.client.finish(location, digest);
        expect(end.status).toBe(201);
      },
    );

    it('takes nothing from a blob of another repository', async () => {
      const other = await registry.client.pushBlob('models/other', 'secret');
      const refused = await patch(delta(copy(0, 6)), '0-5', {
        from: other.digest,
      });
      expect(await errorOf(refused)).toMatchObject({
        status: 404,
        code: 'BLOB_UNKNOWN',
      });
      expect(await registry.client.offset(location)).toBe(0);
      const chunks = await registry.client.fetch(
        `/v2/${REPOSITORY}/_ml/chunks/${other.digest}`,
      );
      expect(chunks.status).toBe(404);
    });

    it('lets nobody list chunks without a token, and those who pull do so', async () => {
      const path = `/v2/${REPOSITORY}/_ml/chunks/${base}`;
      expect((await fetch(new URL(path, registry.url))).status).toBe(401);
      const reader = registry.client.as(
        mockCredentials.user.token('user:default/reader'),
      );
      expect((await reader.fetch(path)).status).toBe(200);
      const refused = await patch(delta(copy(0, 1)), '0-0', { client: reader });
      expect(refused.status).toBe(403);
    });

    it('keeps to the limit of the repository', async () => {
      const refused = await patch(
        delta(copy(0, 2_000_000), copy(0, 2_000_000)),
        '0-3999999',
      );
      expect(refused.status).toBe(413);
    });

    it.each(['1000', '0', 'many'])(
      'refuses chunks of %s bytes on average',
      async average => {
        const refused = await registry.client.fetch(
          `/v2/${REPOSITORY}/_ml/chunks/${base}?average=${average}`,
        );
        expect(await errorOf(refused)).toMatchObject({
          status: 400,
          message: expect.stringContaining('average: must be a power of two'),
        });
      },
    );

    it('wants to know where the bytes belong', async () => {
      const refused = await registry.client.fetch(location, {
        method: 'PATCH',
        body: new Uint8Array(delta('ab')),
        headers: {
          'content-type': DELTA_MEDIA_TYPE,
          [DELTA_BASE_HEADER]: base,
        },
      });
      expect((await errorOf(refused)).message).toContain('Content-Range');
    });
  },
);
