import { mockCredentials } from '@backstage/backend-test-utils';
import type { TestDatabaseId } from '@backstage/backend-test-utils';
import { MEDIA_TYPES } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { testDatabases } from '../../__testUtils__/databases';
import { eventually } from '../__testUtils__/eventually';
import { pushModelPackBlobs } from '../__testUtils__/modelPack';
import { digestOf, errorOf } from '../__testUtils__/RegistryClient';
import {
  READER,
  startRegistry,
  type TestRegistry,
} from '../__testUtils__/startRegistry';
import { type StorageKind, testStorages } from '../__testUtils__/testStorages';

jest.setTimeout(60_000);

const databases = testDatabases();
const storages = testStorages();

describe.each(storages.with(databases.ids))(
  'deletion on %s and %s',
  (databaseId: TestDatabaseId, storageKind: StorageKind) => {
    let knex: Knex;
    let registry: TestRegistry;
    let repository: string;
    let count = 0;
    const kept = new Set<string>();

    beforeAll(async () => {
      knex = await databases.init(databaseId);
      registry = await startRegistry(knex, {
        storage: await storages.create(storageKind),
        protection: {
          isProtected: async (_repository, digest) =>
            kept.has(digest) ? 'it is in use; ask its users first' : undefined,
        },
      });
    });

    afterAll(() => registry?.stop());

    beforeEach(() => {
      kept.clear();
      count += 1;
      repository = `models/wine-${count}`;
    });

    /** @returns digest of the manifest */
    async function push(tag: string, weight: string = tag): Promise<string> {
      const manifest = await pushModelPackBlobs(
        registry.client,
        repository,
        weight,
      );
      const pushed = await registry.client.putManifest(
        repository,
        tag,
        manifest,
      );
      return pushed.headers.get('docker-content-digest')!;
    }

    const path = (kind: string, reference: string) =>
      `/v2/${repository}/${kind}/${reference}`;
    const remove = (kind: string, reference: string) =>
      registry.client.fetch(path(kind, reference), { method: 'DELETE' });
    const head = async (kind: string, reference: string) =>
      (await registry.client.fetch(path(kind, reference), { method: 'HEAD' }))
        .status;
    const lastEvent = async () =>
      (await registry.audit.list({ limit: 1 })).items[0];

    it('takes away a tag and leaves its manifest', async () => {
      const digest = await push('1.0.0');
      expect((await remove('manifests', '1.0.0')).status).toBe(202);
      expect(await head('manifests', '1.0.0')).toBe(404);
      expect(await head('manifests', digest)).toBe(200);
      expect(await lastEvent()).toMatchObject({
        actor: 'user:default/mock',
        action: 'artifact.tag.delete',
        resource: `${repository}:1.0.0`,
        outcome: 'succeeded',
      });
      const again = await remove('manifests', '1.0.0');
      expect(await errorOf(again)).toMatchObject({
        status: 404,
        code: 'MANIFEST_UNKNOWN',
      });
    });

    it('takes away a manifest with its tags, so that the tag is free again', async () => {
      const digest = await push('1.0.0');
      expect((await remove('manifests', digest)).status).toBe(202);
      expect(await head('manifests', digest)).toBe(404);
      expect(await head('manifests', '1.0.0')).toBe(404);
      expect(await lastEvent()).toMatchObject({
        action: 'artifact.manifest.delete',
        resource: `${repository}@${digest}`,
      });
      expect(await push('1.0.0', 'other weights')).not.toBe(digest);
      expect((await remove('manifests', digest)).status).toBe(404);
    });

    it('refuses what is protected, tag or digest, and records it', async () => {
      const digest = await push('1.0.0');
      kept.add(digest);
      for (const reference of [digest, '1.0.0']) {
        const refused = await remove('manifests', reference);
        expect(await errorOf(refused)).toEqual({
          status: 409,
          code: 'DENIED',
          message: `the manifest ${digest} of ${repository} cannot be deleted here: it is in use; ask its users first`,
        });
        expect(await lastEvent()).toMatchObject({
          outcome: 'denied',
          details: { reason: expect.stringContaining('ask its users') },
        });
      }
      expect(await head('manifests', '1.0.0')).toBe(200);
    });

    it('keeps what others are made of until those are gone', async () => {
      const child = await push('1.0.0');
      const { size } = (await knex('ml_artifact_manifests')
        .where({ repository, digest: child })
        .first('size'))!;
      const index = JSON.stringify({
        schemaVersion: 2,
        mediaType: MEDIA_TYPES.ociIndex,
        manifests: [
          {
            mediaType: MEDIA_TYPES.ociManifest,
            digest: child,
            size: Number(size),
          },
        ],
      });
      await registry.client.putManifest(
        repository,
        'all',
        index,
        MEDIA_TYPES.ociIndex,
      );
      expect(await errorOf(await remove('manifests', child))).toMatchObject({
        status: 409,
        message: expect.stringContaining(
          `part of the index ${digestOf(index)}`,
        ),
      });
      const weight = digestOf('1.0.0');
      expect(await errorOf(await remove('blobs', weight))).toMatchObject({
        status: 409,
        message: expect.stringContaining(`part of the manifest ${child}`),
      });
      for (const [kind, reference] of [
        ['manifests', digestOf(index)],
        ['manifests', child],
        ['blobs', weight],
      ]) {
        expect((await remove(kind, reference)).status).toBe(202);
        expect(await head(kind, reference)).toBe(404);
      }
    });

    it('takes a blob from one repository and leaves it to the others', async () => {
      const { digest } = await registry.client.pushBlob(repository, 'shared');
      await registry.client.pushBlob('models/other', 'shared');
      expect((await remove('blobs', digest)).status).toBe(202);
      expect(await head('blobs', digest)).toBe(404);
      expect(await errorOf(await remove('blobs', digest))).toMatchObject({
        status: 404,
        code: 'BLOB_UNKNOWN',
      });
      const other = await registry.client.fetch(
        `/v2/models/other/blobs/${digest}`,
      );
      expect(await other.text()).toBe('shared');
    });

    it('needs a permission of its own', async () => {
      const digest = await push('1.0.0');
      const reader = registry.client.as(mockCredentials.user.token(READER));
      const refused = await reader.fetch(path('manifests', digest), {
        method: 'DELETE',
      });
      expect(await errorOf(refused)).toMatchObject({
        status: 403,
        message: expect.stringContaining('ml.artifact.delete'),
      });
      expect(await lastEvent()).toMatchObject({
        actor: READER,
        action: 'ml.artifact.delete',
        outcome: 'denied',
      });
    });

    it('lets go of a version with all that refers to it, within a transaction', async () => {
      const digest = await push('1.0.0');
      kept.add(digest);
      const signature = {
        schemaVersion: 2,
        mediaType: MEDIA_TYPES.ociManifest,
        artifactType: 'application/vnd.example.signature',
        config: {
          mediaType: 'application/vnd.oci.empty.v1+json',
          ...(await registry.client.pushBlob(repository, '{}')),
        },
        layers: [],
        subject: { mediaType: MEDIA_TYPES.ociManifest, digest, size: 1 },
      };
      const pushed = await registry.client.putManifest(
        repository,
        'signature',
        signature,
      );
      const referrer = pushed.headers.get('docker-content-digest')!;

      const undone = knex.transaction(async tx => {
        await registry.store.releaseManifest(repository, digest, tx);
        throw new Error('the version stays');
      });
      await expect(undone).rejects.toThrow('the version stays');
      expect(await head('manifests', '1.0.0')).toBe(200);

      const released = await knex.transaction(tx =>
        registry.store.releaseManifest(repository, digest, tx),
      );
      expect(released).toEqual([digest, referrer]);
      expect(await head('manifests', '1.0.0')).toBe(404);
      expect(await head('manifests', 'signature')).toBe(404);
      expect(
        await knex.transaction(tx =>
          registry.store.releaseManifest(repository, digest, tx),
        ),
      ).toEqual([]);
    });

    it('waits for a version that is being made of a manifest, and then refuses', async () => {
      const digest = await push('1.0.0');
      const transaction = await knex.transaction();
      await registry.store.holdManifest(repository, digest, transaction);
      const removed = remove('manifests', digest);
      // SQLite has one connection, which the transaction keeps to itself.
      if (databaseId.startsWith('POSTGRES')) {
        await eventually(
          async () =>
            (await transaction('pg_locks').where({ granted: false })).length >
            0,
          'the deletion waits',
        );
      }
      kept.add(digest);
      await transaction.commit();
      expect((await removed).status).toBe(409);
      expect(await head('manifests', '1.0.0')).toBe(200);
    });

    it('lets no version be made of a manifest that is gone', async () => {
      const digest = await push('1.0.0');
      expect((await remove('manifests', digest)).status).toBe(202);
      await expect(
        knex.transaction(tx =>
          registry.store.holdManifest(repository, digest, tx),
        ),
      ).rejects.toThrow(
        `${repository}@${digest} was deleted meanwhile; push it again`,
      );
    });
  },
);
