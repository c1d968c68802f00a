import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  mockServices,
  type TestDatabaseId,
} from '@backstage/backend-test-utils';
import { MEDIA_TYPES } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { testDatabases } from '../../__testUtils__/databases';
import { DatabaseAuditLog } from '../../audit/DatabaseAuditLog';
import {
  DockerRegistry,
  type RegistrySecurity,
} from '../__testUtils__/DockerRegistry';
import { digestOf } from '../__testUtils__/RegistryClient';
import { PASSWORD, USERNAME } from '../__testUtils__/TokenServer';
import { ExternalArtifactStore } from './ExternalArtifactStore';
import { ExternalRemovals } from './ExternalRemovals';

jest.setTimeout(60_000);

const REPOSITORY = 'models/wine';
const databases = testDatabases();

describe.each(databases.ids)(
  "deletion in Docker's registry, noted on %s",
  (databaseId: TestDatabaseId) => {
    let knex: Knex;
    let folder: string;
    let registry: DockerRegistry | undefined;
    let audit: DatabaseAuditLog;
    let count = 0;
    const kept = new Set<string>();

    beforeAll(async () => {
      knex = await databases.init(databaseId);
      audit = new DatabaseAuditLog({ knex });
      folder = await mkdtemp(join(tmpdir(), 'ml-external-'));
    });

    afterEach(async () => {
      kept.clear();
      await registry?.stop();
      registry = undefined;
      await knex('ml_external_removals').delete();
    });

    afterAll(() => rm(folder, { recursive: true, force: true }));

    async function start(security: RegistrySecurity, deletion = true) {
      registry = await DockerRegistry.start({ folder, security, deletion });
      const store = new ExternalArtifactStore({
        url: registry.url,
        repositoryPrefix: 'team',
        username: USERNAME,
        password: PASSWORD,
      });
      const removals = new ExternalRemovals({
        knex,
        store,
        audit,
        logger: mockServices.logger.mock(),
        delayMs: 0,
        protection: {
          isProtected: async (_repository, digest) =>
            kept.has(digest) ? 'it is registered' : undefined,
        },
      });
      return { store, removals };
    }

    async function put(
      reference: string,
      manifest: object,
      mediaType: string = MEDIA_TYPES.ociManifest,
    ): Promise<string> {
      const body = JSON.stringify(manifest);
      const response = await fetch(
        `${registry!.url}/v2/team/${REPOSITORY}/manifests/${
          reference || digestOf(body)
        }`,
        { method: 'PUT', body, headers: { 'content-type': mediaType } },
      );
      if (!response.ok) throw new Error(await response.text());
      return digestOf(body);
    }

    /** @returns a manifest without layers, which differs from all others */
    async function newManifest(more: object = {}): Promise<object> {
      const config = '{}';
      const started = await fetch(
        `${registry!.url}/v2/team/${REPOSITORY}/blobs/uploads/`,
        { method: 'POST' },
      );
      const location = new URL(started.headers.get('location')!);
      location.searchParams.set('digest', digestOf(config));
      await fetch(location, { method: 'PUT', body: config });
      count += 1;
      return {
        schemaVersion: 2,
        mediaType: MEDIA_TYPES.ociManifest,
        config: {
          mediaType: MEDIA_TYPES.modelConfig,
          digest: digestOf(config),
          size: config.length,
        },
        layers: [],
        annotations: { count: String(count) },
        ...more,
      };
    }

    const subject = (digest: string) => ({
      subject: { mediaType: MEDIA_TYPES.ociManifest, digest, size: 1 },
    });

    /** Lists referrers as clients do for registries that cannot. */
    const putReferrers = (digest: string, referrers: string[]) =>
      put(
        digest.replace(':', '-'),
        {
          schemaVersion: 2,
          mediaType: MEDIA_TYPES.ociIndex,
          manifests: referrers.map(referrer => ({
            mediaType: MEDIA_TYPES.ociManifest,
            digest: referrer,
            size: 1,
          })),
        },
        MEDIA_TYPES.ociIndex,
      );

    const release = (removals: ExternalRemovals, digest: string) =>
      knex.transaction(trx => removals.release(REPOSITORY, digest, trx));
    const hold = (removals: ExternalRemovals, digest: string) =>
      knex.transaction(trx => removals.hold(REPOSITORY, digest, trx));

    it('deletes a manifest with its tags and what refers to it', async () => {
      const { removals, store } = await start('none');
      const version = await put('1.0.0', await newManifest());
      await put('latest', await newManifest());
      const signature = await put('', await newManifest(subject(version)));
      const list = await putReferrers(version, [signature]);
      const other = await put('2.0.0', await newManifest());
      await store.tagManifest(REPOSITORY, { tag: 'best', digest: version });

      await release(removals, version);
      expect(await removals.removeDue()).toBe(1);
      for (const gone of ['1.0.0', 'best', version, signature, list]) {
        expect(await store.getManifest(REPOSITORY, gone)).toBeUndefined();
      }
      for (const stays of ['2.0.0', 'latest', other]) {
        expect(await store.getManifest(REPOSITORY, stays)).toBeDefined();
      }
      expect(await removals.removeDue()).toBe(0);
      const { items } = await audit.list({
        limit: 10,
        resource: `${REPOSITORY}@${version}`,
      });
      expect(items).toEqual([
        expect.objectContaining({
          action: 'artifact.manifest.delete',
          outcome: 'succeeded',
          details: {
            registry: registry!.url,
            deleted: [signature, list, version],
          },
        }),
      ]);
    });

    it.each<RegistrySecurity>(['basic', 'token'])(
      'signs in to delete (authentication: %s)',
      async security => {
        await start('none');
        const version = await put(`1.0.0-${security}`, await newManifest());
        await registry!.stop();
        const { removals, store } = await start(security);
        await release(removals, version);
        expect(await removals.removeDue()).toBe(1);
        expect(await store.getManifest(REPOSITORY, version)).toBeUndefined();
      },
    );

    it('believes no list that names what does not refer to it', async () => {
      const { removals, store } = await start('none');
      const version = await put('3.0.0', await newManifest());
      const stranger = await put('4.0.0', await newManifest());
      const registered = await put('', await newManifest(subject(version)));
      kept.add(registered);
      await putReferrers(version, [stranger, registered]);
      await release(removals, version);
      expect(await removals.removeDue()).toBe(1);
      expect(await store.getManifest(REPOSITORY, version)).toBeUndefined();
      expect(await store.getManifest(REPOSITORY, stranger)).toBeDefined();
      expect(await store.getManifest(REPOSITORY, registered)).toBeDefined();
    });

    it('leaves what was registered again, or is registered under another name', async () => {
      const { removals, store } = await start('none');
      const again = await put('5.0.0', await newManifest());
      await release(removals, again);
      await hold(removals, again);
      const shared = await put('6.0.0', await newManifest());
      kept.add(shared);
      await release(removals, shared);
      expect(await removals.removeDue()).toBe(0);
      expect(await knex('ml_external_removals')).toEqual([]);
      for (const digest of [again, shared]) {
        expect(await store.getManifest(REPOSITORY, digest)).toBeDefined();
      }
    });

    it('tries again when the registry refuses, and says why', async () => {
      const { removals } = await start('none', false);
      const version = await put('7.0.0', await newManifest());
      await release(removals, version);
      expect(await removals.removeDue()).toBe(0);
      await expect(hold(removals, version)).rejects.toThrow(
        /is being deleted from the registry.*fails at the moment.*405.*deletion is switched off there/s,
      );
      const { items } = await audit.list({
        limit: 10,
        resource: `${REPOSITORY}@${version}`,
      });
      expect(items).toMatchObject([{ outcome: 'failed' }]);
      // Not before its time.
      expect(await removals.removeDue()).toBe(0);
      await registry!.stop();

      const { removals: next, store } = await start('none');
      await knex('ml_external_removals').update({
        due_at: new Date().toISOString(),
      });
      expect(await next.removeDue()).toBe(1);
      expect(await store.getManifest(REPOSITORY, version)).toBeUndefined();
      await hold(next, version);
    });

    it('takes what is gone already for deleted', async () => {
      const { removals } = await start('none');
      await release(removals, digestOf('never pushed'));
      expect(await removals.removeDue()).toBe(1);
      expect(await knex('ml_external_removals')).toEqual([]);
    });
  },
);
