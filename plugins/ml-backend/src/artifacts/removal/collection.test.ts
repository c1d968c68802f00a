import { randomUUID } from 'node:crypto';
import { setImmediate as pause } from 'node:timers/promises';
import type { TestDatabaseId } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import { testDatabases } from '../../__testUtils__/databases';
import { pushModelPackBlobs } from '../__testUtils__/modelPack';
import { digestOf } from '../__testUtils__/RegistryClient';
import {
  startRegistry,
  type TestRegistry,
} from '../__testUtils__/startRegistry';
import { type StorageKind, testStorages } from '../__testUtils__/testStorages';

jest.setTimeout(60_000);

const REPOSITORY = 'models/wine';
const GRACE_MS = 60_000;
/** Of a test that really waits for it to pass. */
const SHORT_GRACE_MS = 4_000;
const LONG_AGO = new Date(Date.now() - 10 * GRACE_MS);
const NOTHING = { blobs: 0, bytes: 0, orphanFiles: 0, orphanBytes: 0 };

const databases = testDatabases();
const storages = testStorages();

describe.each(storages.with(databases.ids))(
  'garbage collection on %s and %s',
  (databaseId: TestDatabaseId, kind: StorageKind) => {
    let knex: Knex;
    let registry: TestRegistry;
    let running: boolean;
    let collecting: Promise<number> | undefined;

    beforeAll(async () => {
      knex = await databases.init(databaseId);
    });

    beforeEach(async () => {
      running = true;
      registry = await startRegistry(knex, {
        storage: await storages.create(kind),
        gracePeriodMs: GRACE_MS,
      });
    });

    afterEach(async () => {
      running = false;
      await collecting;
      await registry.stop();
      for (const table of [
        'ml_artifact_uploads',
        'ml_artifact_tags',
        'ml_artifact_references',
        'ml_artifact_manifests',
        'ml_artifact_repository_blobs',
        'ml_artifact_blobs',
      ]) {
        await knex(table).delete();
      }
    });

    const isStored = async (digest: string) =>
      (await registry.storage.read(digest)) !== undefined;
    const headBlob = async (digest: string) =>
      (
        await registry.client.fetch(`/v2/${REPOSITORY}/blobs/${digest}`, {
          method: 'HEAD',
        })
      ).status;

    async function restart(options: { gracePeriodMs: number }) {
      await registry.stop();
      registry = await startRegistry(knex, {
        storage: await storages.create(kind),
        ...options,
      });
    }

    /** As if nobody had asked for any blob for a long time. */
    async function passTime() {
      const links = await knex('ml_artifact_repository_blobs').select(
        'repository',
        'digest',
      );
      // One by one: who locks many at once may meet a push half-way.
      for (const link of links) {
        await knex('ml_artifact_repository_blobs')
          .where(link)
          .update({ touched_at: LONG_AGO });
      }
    }

    /** @returns how many blobs it freed */
    async function collectWhileRunning() {
      let freed = 0;
      while (running) {
        freed += (await registry.store.collectGarbage()).blobs;
        await pause();
      }
      return freed;
    }

    it('frees what no manifest names, and leaves what one names', async () => {
      const manifest = await pushModelPackBlobs(registry.client, REPOSITORY);
      await registry.client.putManifest(REPOSITORY, '1.0.0', manifest);
      const unused = await registry.client.pushBlob(REPOSITORY, 'unused');
      await passTime();
      const found = { ...NOTHING, blobs: 1, bytes: 6 };
      expect(await registry.store.collectGarbage({ dryRun: true })).toEqual({
        ...found,
        dryRun: true,
      });
      expect(await isStored(unused.digest)).toBe(true);

      expect(await registry.store.collectGarbage()).toEqual({
        ...found,
        dryRun: false,
      });
      expect(await isStored(unused.digest)).toBe(false);
      expect(await headBlob(unused.digest)).toBe(404);
      const { items } = await registry.audit.list({ limit: 1 });
      expect(items[0]).toMatchObject({
        actor: 'artifact-store',
        action: 'artifact.garbage.collect',
        details: found,
      });
      const weight = await registry.client.fetch(
        `/v2/${REPOSITORY}/blobs/${manifest.layers[0].digest}`,
      );
      expect(await weight.text()).toBe('weights');
      expect(await registry.store.collectGarbage()).toMatchObject(NOTHING);
    });

    it('frees the bytes of a version when the last one that shares them goes', async () => {
      const first = await pushModelPackBlobs(registry.client, REPOSITORY);
      const pushed = await registry.client.putManifest(REPOSITORY, '1', first);
      const second = await pushModelPackBlobs(registry.client, 'models/copy');
      const copied = await registry.client.putManifest(
        'models/copy',
        '1',
        second,
      );
      const release = (repository: string, response: Response) =>
        knex.transaction(tx =>
          registry.store.releaseManifest(
            repository,
            response.headers.get('docker-content-digest')!,
            tx,
          ),
        );
      await release(REPOSITORY, pushed);
      await passTime();
      expect(await registry.store.collectGarbage()).toMatchObject(NOTHING);
      await release('models/copy', copied);
      expect(await registry.store.collectGarbage()).toMatchObject({
        blobs: 2,
        bytes: first.config.size + first.layers[0].size,
      });
    });

    it('leaves what a client was just told to be there', async () => {
      const asked = await registry.client.pushBlob(REPOSITORY, 'asked for');
      const mounted = await registry.client.pushBlob(REPOSITORY, 'mounted');
      const pushed = await registry.client.pushBlob(REPOSITORY, 'pushed');
      await passTime();
      await headBlob(asked.digest);
      await registry.client.fetch(
        `/v2/models/other/blobs/uploads/?mount=${mounted.digest}&from=${REPOSITORY}`,
        { method: 'POST' },
      );
      await registry.client.pushBlob(REPOSITORY, 'pushed');
      expect(await registry.store.collectGarbage()).toMatchObject(NOTHING);
      for (const { digest } of [asked, mounted, pushed]) {
        expect(await isStored(digest)).toBe(true);
      }
    });

    it('leaves a blob whose commit was cut off, until the upload is abandoned', async () => {
      await restart({ gracePeriodMs: SHORT_GRACE_MS });
      const { digest } = await registry.client.pushBlob(REPOSITORY, 'cut off');
      await passTime();
      await registry.storage.age({ digest }, SHORT_GRACE_MS);
      const id = randomUUID();
      await knex('ml_artifact_uploads').insert({
        id,
        repository: REPOSITORY,
        verified_digest: digest,
        created_at: new Date(),
      });
      expect(await registry.store.collectGarbage()).toMatchObject(NOTHING);
      const finished = await registry.client.finish(
        `/v2/${REPOSITORY}/blobs/uploads/${id}`,
        digest,
      );
      expect(finished.status).toBe(201);
      expect(await headBlob(digest)).toBe(200);
    });

    it('frees files that a crash left without a record, old ones only', async () => {
      await restart({ gracePeriodMs: SHORT_GRACE_MS });
      const old = digestOf('left long ago');
      const young = digestOf('left just now');
      await registry.storage.write(old, Buffer.from('left'));
      await registry.storage.age({ digest: old }, SHORT_GRACE_MS);
      await registry.storage.write(young, Buffer.from('left'));
      expect(await registry.store.collectGarbage()).toMatchObject({
        ...NOTHING,
        orphanFiles: 1,
        orphanBytes: 4,
      });
      expect(await isStored(old)).toBe(false);
      expect(await isStored(young)).toBe(true);
    });

    it('never takes a part of what a racing push has stored', async () => {
      const contents = ['one', 'two', 'three', 'four'];
      let complete = 0;
      collecting = collectWhileRunning();

      /** Pushes a version of shared layers, checks it, deletes it, and again. */
      async function pushAndDelete(pusher: number) {
        for (let round = 0; round < 10; round += 1) {
          // What the others have just been told to be there is old now.
          await passTime();
          const layers = [];
          for (const content of contents) {
            layers.push({
              mediaType: 'text/plain',
              ...(await registry.client.pushBlob(REPOSITORY, content)),
            });
          }
          const { digest, size } = layers[0];
          const pushed = await registry.client.putManifest(
            REPOSITORY,
            `${pusher}-${round}`,
            {
              schemaVersion: 2,
              config: { mediaType: 'text/plain', digest, size },
              layers,
              annotations: { pusher: String(pusher), round: String(round) },
            },
          );
          // A real client would push again what is gone. What may not be is a
          // manifest with a blob missing.
          if (pushed.status === 404) continue;
          expect(pushed.status).toBe(201);
          complete += 1;
          for (const layer of layers) {
            const pulled = await registry.client.fetch(
              `/v2/${REPOSITORY}/blobs/${layer.digest}`,
            );
            expect(pulled.status).toBe(200);
            expect(digestOf(await pulled.text())).toBe(layer.digest);
          }
          const deleted = await registry.client.fetch(
            `/v2/${REPOSITORY}/manifests/${pushed.headers.get(
              'docker-content-digest',
            )}`,
            { method: 'DELETE' },
          );
          expect(deleted.status).toBe(202);
        }
      }
      await Promise.all([1, 2, 3].map(pushAndDelete));
      running = false;
      expect(await collecting).toBeGreaterThan(0);
      expect(complete).toBeGreaterThan(0);
    });

    it('never takes a blob within the grace period of a racing push', async () => {
      collecting = collectWhileRunning();
      async function push(pusher: number) {
        for (let round = 0; round < 10; round += 1) {
          // Old and unused: either it is collected, or the push is told of it.
          const { digest, size } = await registry.client.pushBlob(
            REPOSITORY,
            `${pusher} ${round}`,
          );
          const link = { repository: REPOSITORY, digest };
          await knex('ml_artifact_repository_blobs')
            .where(link)
            .update({ touched_at: LONG_AGO });
          const told = await headBlob(digest);
          if (told === 404) continue;
          expect(told).toBe(200);
          const descriptor = { mediaType: 'text/plain', digest, size };
          const pushed = await registry.client.putManifest(
            REPOSITORY,
            `${pusher}-${round}`,
            { schemaVersion: 2, config: descriptor, layers: [] },
          );
          expect(pushed.status).toBe(201);
          expect(await isStored(digest)).toBe(true);
        }
      }
      await Promise.all([1, 2, 3, 4].map(push));
      running = false;
      await collecting;
    });
  },
);
