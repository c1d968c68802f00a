import type { TestDatabaseId } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import { testDatabases } from '../../__testUtils__/databases';
import { eventually } from '../__testUtils__/eventually';
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

describe.each(storages.with(databases.ids))(
  'uploads on %s and %s',
  (databaseId: TestDatabaseId, kind: StorageKind) => {
    let knex: Knex;
    let registry: TestRegistry;

    beforeAll(async () => {
      knex = await databases.init(databaseId);
    });

    beforeEach(async () => {
      registry = await startRegistry(knex, {
        storage: await storages.create(kind),
        maxArtifactBytes: 3_000_000,
      });
    });

    afterEach(async () => {
      await registry.stop();
      for (const table of [
        'ml_artifact_uploads',
        'ml_artifact_repository_blobs',
        'ml_artifact_blobs',
      ]) {
        await knex(table).delete();
      }
    });

    async function pull(digest: string, repository = REPOSITORY) {
      const response = await registry.client.fetch(
        `/v2/${repository}/blobs/${digest}`,
      );
      return { status: response.status, text: await response.text() };
    }

    it('takes a blob in one request and records who pushed it', async () => {
      const content = 'all at once';
      const digest = digestOf(content);
      const response = await registry.client.fetch(
        `/v2/${REPOSITORY}/blobs/uploads/?digest=${digest}`,
        { method: 'POST', body: content },
      );
      expect(response.status).toBe(201);
      expect(response.headers.get('location')).toBe(
        `/v2/${REPOSITORY}/blobs/${digest}`,
      );
      expect(await pull(digest)).toEqual({ status: 200, text: content });
      const { items } = await registry.audit.list({
        limit: 10,
        resource: `${REPOSITORY}@${digest}`,
      });
      expect(items).toEqual([
        expect.objectContaining({
          actor: 'user:default/mock',
          action: 'artifact.blob.put',
          resource: `${REPOSITORY}@${digest}`,
          outcome: 'succeeded',
          details: { size: content.length },
        }),
      ]);
    });

    it('takes a blob in chunks, with the last one in the finishing request', async () => {
      const location = await registry.client.startUpload(REPOSITORY);
      const first = await registry.client.patch(location, 'chunk one, ', 0);
      expect(first.status).toBe(202);
      expect(first.headers.get('range')).toBe('0-10');
      const second = await registry.client.patch(location, 'streamed, ');
      expect(second.headers.get('upload-offset')).toBe('21');
      const digest = digestOf('chunk one, streamed, the end');
      const end = await registry.client.finish(location, digest, 'the end');
      expect(end.status).toBe(201);
      expect((await pull(digest)).text).toBe('chunk one, streamed, the end');
      expect((await registry.client.fetch(location)).status).toBe(404);
    });

    it('stores identical content once, and leaves no file behind', async () => {
      const { digest } = await registry.client.pushBlob(REPOSITORY, 'same');
      await registry.client.pushBlob('models/other', 'same');
      expect(await registry.storage.blobs()).toEqual([digest]);
      expect(await registry.storage.uploads()).toEqual([]);
      expect(await knex('ml_artifact_blobs')).toHaveLength(1);
      expect(await knex('ml_artifact_uploads')).toHaveLength(0);
    });

    it('refuses a chunk that is out of order and says where to go on', async () => {
      const location = await registry.client.startUpload(REPOSITORY);
      await registry.client.patch(location, 'abcd', 0);
      const refused = await registry.client.patch(location, 'ijkl', 8);
      expect(refused.status).toBe(416);
      expect(refused.headers.get('range')).toBe('0-3');
      expect(refused.headers.get('location')).toBe(location);
      expect((await errorOf(refused)).message).toBe(
        'the chunk starts at byte 8, but the upload goes on at byte 4',
      );
      await registry.client.patch(location, 'efgh', 4);
      const digest = digestOf('abcdefgh');
      expect((await registry.client.finish(location, digest)).status).toBe(201);
    });

    it.each(['4-3', 'bytes', '0-9', '-'])(
      'refuses the Content-Range %s with a body of 4 bytes',
      async range => {
        const location = await registry.client.startUpload(REPOSITORY);
        const refused = await registry.client.fetch(location, {
          method: 'PATCH',
          body: 'abcd',
          headers: { 'content-range': range },
        });
        expect(await errorOf(refused)).toMatchObject({
          status: 400,
          code: 'BLOB_UPLOAD_INVALID',
          message: expect.stringContaining('Content-Range'),
        });
        expect(await registry.client.offset(location)).toBe(0);
      },
    );

    it('refuses bytes with another digest, and commits nothing', async () => {
      const wrong = digestOf('what was meant');
      const location = await registry.client.startUpload(REPOSITORY);
      await registry.client.patch(location, 'what came', 0);
      const refused = await registry.client.finish(location, wrong);
      expect(await errorOf(refused)).toEqual({
        status: 400,
        code: 'DIGEST_INVALID',
        message: `the bytes that came have the digest ${digestOf(
          'what came',
        )}, not ${wrong}; the upload was discarded: start it again`,
      });
      expect((await pull(wrong)).status).toBe(404);
      expect((await registry.client.fetch(location)).status).toBe(404);
      expect(await registry.storage.uploads()).toEqual([]);
    });

    it.each(['', 'sha256:123', 'md5:d41d8cd98f00b204e9800998ecf8427e'])(
      'refuses the digest "%s"',
      async digest => {
        const location = await registry.client.startUpload(REPOSITORY);
        expect(
          await errorOf(await registry.client.finish(location, digest)),
        ).toMatchObject({ status: 400, code: 'DIGEST_INVALID' });
      },
    );

    it('goes on where a broken connection stopped', async () => {
      const content = Buffer.alloc(300_000, 'resume');
      const location = await registry.client.startUpload(REPOSITORY);
      const breakOff = registry.client.beginPatch(
        location,
        content.subarray(0, 200_000),
      );
      await eventually(
        async () => (await registry.client.offset(location)) === 200_000,
        'the bytes have arrived',
      );
      breakOff();
      await eventually(async () => {
        const resumed = await registry.client.patch(
          location,
          content.subarray(200_000),
          200_000,
        );
        return resumed.status === 202;
      }, 'the upload is free again');
      const digest = digestOf(content);
      expect((await registry.client.finish(location, digest)).status).toBe(201);
      expect((await pull(digest)).text).toBe(content.toString());
    });

    it('lets one of two writers in at a time', async () => {
      const location = await registry.client.startUpload(REPOSITORY);
      const breakOff = registry.client.beginPatch(
        location,
        Buffer.from('slow'),
      );
      await eventually(
        async () => (await registry.client.offset(location)) === 4,
        'the first writer is at work',
      );
      const refused = await registry.client.patch(location, 'fast', 4);
      expect(await errorOf(refused)).toEqual({
        status: 409,
        code: 'BLOB_UPLOAD_INVALID',
        message:
          'another request is writing to this upload; wait for it to end, then ask for the upload status and go on from there',
      });
      breakOff();
    });

    it('completes a commit that was cut off between storage and database', async () => {
      let broken = true;
      await registry.stop();
      registry = await startRegistry(knex, {
        storage: await storages.create(kind),
        audit: {
          record: async () => {
            if (broken) throw new Error('the database went away');
          },
        },
      });
      const digest = digestOf('nearly done');
      const location = await registry.client.startUpload(REPOSITORY);
      await registry.client.patch(location, 'nearly done', 0);
      const failed = await registry.client.finish(location, digest);
      expect(failed.status).toBe(500);
      // Nothing counts before its audit event is written.
      expect((await pull(digest)).status).toBe(404);
      expect(await registry.client.offset(location)).toBe(11);

      broken = false;
      expect((await registry.client.finish(location, digest)).status).toBe(201);
      expect(await pull(digest)).toEqual({ status: 200, text: 'nearly done' });
    });

    it('refuses more than the store accepts, before and while it comes', async () => {
      const location = await registry.client.startUpload(REPOSITORY);
      const announced = await registry.client.patch(
        location,
        Buffer.alloc(3_000_001),
      );
      expect(await errorOf(announced)).toMatchObject({
        status: 413,
        code: 'SIZE_INVALID',
        message: expect.stringContaining('3000000 bytes'),
      });
      let left = 40;
      const streamed = await registry.client.fetch(location, {
        method: 'PATCH',
        body: new ReadableStream({
          pull(controller) {
            if (left-- > 0) controller.enqueue(new Uint8Array(100_000));
            else controller.close();
          },
        }),
        duplex: 'half',
      } as RequestInit);
      expect(streamed.status).toBe(413);
      expect(Number(streamed.headers.get('upload-offset'))).toBeLessThanOrEqual(
        3_000_000,
      );
    });

    it('mounts a blob of another repository without its bytes', async () => {
      const { digest } = await registry.client.pushBlob(
        'models/base',
        'shared',
      );
      const mounted = await registry.client.fetch(
        `/v2/${REPOSITORY}/blobs/uploads/?mount=${digest}&from=models/base`,
        { method: 'POST' },
      );
      expect(mounted.status).toBe(201);
      expect(await pull(digest)).toEqual({ status: 200, text: 'shared' });
      const unknown = await registry.client.fetch(
        `/v2/${REPOSITORY}/blobs/uploads/?mount=${digestOf(
          'x',
        )}&from=models/base`,
        { method: 'POST' },
      );
      expect(unknown.status).toBe(202);
    });

    it('cancels an upload', async () => {
      const location = await registry.client.startUpload(REPOSITORY);
      await registry.client.patch(location, 'no longer wanted', 0);
      const cancelled = await registry.client.fetch(location, {
        method: 'DELETE',
      });
      expect(cancelled.status).toBe(204);
      const gone = await registry.client.patch(location, 'more');
      expect((await errorOf(gone)).code).toBe('BLOB_UPLOAD_UNKNOWN');
      expect(await registry.storage.uploads()).toEqual([]);
    });

    it('keeps an upload to the repository that it was started in', async () => {
      const location = await registry.client.startUpload(REPOSITORY);
      const elsewhere = location.replace(REPOSITORY, 'models/other');
      expect((await registry.client.fetch(elsewhere)).status).toBe(404);
    });

    it('removes abandoned uploads, and no others', async () => {
      const STALE_MS = 4_000;
      await registry.stop();
      registry = await startRegistry(knex, {
        storage: await storages.create(kind),
        staleUploadMs: STALE_MS,
      });
      const abandoned = await registry.client.startUpload(REPOSITORY);
      const active = await registry.client.startUpload(REPOSITORY);
      const committed = await registry.client.pushBlob(REPOSITORY, 'kept');
      const [abandonedId, activeId] = [abandoned, active].map(
        location => location.split('/').pop()!,
      );
      await knex('ml_artifact_uploads').update({ created_at: new Date(0) });
      await registry.storage.age({ upload: abandonedId }, STALE_MS);
      await registry.client.patch(active, 'more', 0);

      expect(await registry.store.uploads.removeStale()).toBe(1);
      expect(await registry.storage.uploads()).toEqual([activeId]);
      expect((await registry.client.fetch(abandoned)).status).toBe(404);
      expect((await registry.client.fetch(active)).status).toBe(204);
      expect((await pull(committed.digest)).text).toBe('kept');
    });

    it('takes an empty blob', async () => {
      const { digest } = await registry.client.pushBlob(REPOSITORY, '');
      expect(await pull(digest)).toEqual({ status: 200, text: '' });
      expect(await registry.storage.read(digest)).toHaveLength(0);
    });
  },
);
