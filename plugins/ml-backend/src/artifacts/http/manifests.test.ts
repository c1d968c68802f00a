import type { TestDatabaseId } from '@backstage/backend-test-utils';
import { MEDIA_TYPES } from '@ml-platform/plugin-ml-common';
import { testDatabases } from '../../__testUtils__/databases';
import { pushModelPackBlobs } from '../__testUtils__/modelPack';
import {
  digestOf,
  errorOf,
  type RegistryClient,
} from '../__testUtils__/RegistryClient';
import {
  startRegistry,
  type TestRegistry,
} from '../__testUtils__/startRegistry';
import { type StorageKind, testStorages } from '../__testUtils__/testStorages';

jest.setTimeout(60_000);

const databases = testDatabases();
const storages = testStorages();

describe.each(storages.with(databases.ids))(
  'manifests on %s and %s',
  (databaseId: TestDatabaseId, storageKind: StorageKind) => {
    let registry: TestRegistry;
    let client: RegistryClient;
    let repository: string;
    let count = 0;

    beforeAll(async () => {
      registry = await startRegistry(await databases.init(databaseId), {
        storage: await storages.create(storageKind),
      });
      client = registry.client;
    });

    afterAll(() => registry?.stop());

    beforeEach(() => {
      count += 1;
      repository = `models/wine-${count}`;
    });

    it('gives a manifest back by tag and by digest, byte for byte', async () => {
      const text = JSON.stringify(
        await pushModelPackBlobs(client, repository),
        undefined,
        3,
      );
      const digest = digestOf(text);
      const put = await client.putManifest(repository, '1.0.0', text);
      expect(put.status).toBe(201);
      expect(put.headers.get('docker-content-digest')).toBe(digest);
      for (const reference of ['1.0.0', digest]) {
        const got = await client.fetch(
          `/v2/${repository}/manifests/${reference}`,
          { headers: { accept: MEDIA_TYPES.ociManifest } },
        );
        expect(got.headers.get('content-type')).toBe(MEDIA_TYPES.ociManifest);
        expect(got.headers.get('docker-content-digest')).toBe(digest);
        expect(await got.text()).toBe(text);
        const head = await client.fetch(
          `/v2/${repository}/manifests/${reference}`,
          { method: 'HEAD' },
        );
        expect(head.headers.get('content-length')).toBe(String(text.length));
      }
      const stored = await registry.store.getManifest(repository, '1.0.0');
      expect(stored).toEqual({
        digest,
        mediaType: MEDIA_TYPES.ociManifest,
        bytes: Buffer.from(text),
      });
      const { items } = await registry.audit.list({
        limit: 1,
        resource: `${repository}:1.0.0`,
      });
      expect(items[0]).toMatchObject({
        actor: 'user:default/mock',
        action: 'artifact.manifest.put',
        outcome: 'succeeded',
        details: { digest, artifactType: MEDIA_TYPES.modelManifest },
      });
    });

    it('never lets the tag of a model version name other content', async () => {
      const first = await pushModelPackBlobs(client, repository, 'one');
      const second = await pushModelPackBlobs(client, repository, 'two');
      await client.putManifest(repository, '1.0.0', first);
      const again = await client.putManifest(repository, '1.0.0', first);
      expect(again.status).toBe(201);
      const digest = digestOf(JSON.stringify(first));
      const refused = await client.putManifest(repository, '1.0.0', second);
      expect(await errorOf(refused)).toEqual({
        status: 409,
        code: 'DENIED',
        message: `the tag 1.0.0 of ${repository} names a model version, which cannot change: it is ${digest}; push other content under a new version`,
      });
      const stored = await registry.store.getManifest(repository, '1.0.0');
      expect(stored?.digest).toBe(digest);
      // The refused manifest was not stored either: it is one transaction.
      expect(
        await registry.store.getManifest(
          repository,
          digestOf(JSON.stringify(second)),
        ),
      ).toBeUndefined();
    });

    it('lets one of two racing pushes have the tag', async () => {
      const manifests = await Promise.all(
        ['a', 'b', 'c', 'd'].map(weight =>
          pushModelPackBlobs(client, repository, weight),
        ),
      );
      const answers = await Promise.all(
        manifests.map(manifest =>
          client.putManifest(repository, '2.0.0', manifest),
        ),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([
        201, 409, 409, 409,
      ]);
    });

    it('moves other tags', async () => {
      const [one, two] = await Promise.all(
        ['one', 'two'].map(async weight => {
          const manifest = await pushModelPackBlobs(client, repository, weight);
          const artifactType = 'application/vnd.example.signature';
          const config = { ...manifest.config, mediaType: 'application/json' };
          return { ...manifest, artifactType, config };
        }),
      );
      await client.putManifest(repository, 'latest', one);
      const moved = await client.putManifest(repository, 'latest', two);
      expect(moved.status).toBe(201);
      const stored = await registry.store.getManifest(repository, 'latest');
      expect(stored?.digest).toBe(digestOf(JSON.stringify(two)));
    });

    it('names the blobs that were not pushed', async () => {
      const manifest = await pushModelPackBlobs(client, repository);
      const missing = digestOf('never pushed');
      manifest.layers.push({ ...manifest.layers[0], digest: missing });
      const refused = await client.putManifest(repository, '1.0.0', manifest);
      expect(await errorOf(refused)).toEqual({
        status: 404,
        code: 'MANIFEST_BLOB_UNKNOWN',
        message: `the manifest names 1 blob(s) that are not in the repository, first ${missing}; push them first`,
      });
    });

    it('does not take a blob of another repository for granted', async () => {
      const manifest = await pushModelPackBlobs(client, repository);
      const refused = await client.putManifest(
        'models/empty',
        '1.0.0',
        manifest,
      );
      expect((await errorOf(refused)).code).toBe('MANIFEST_BLOB_UNKNOWN');
    });

    it('refuses a size that is not the size of the blob', async () => {
      const manifest = await pushModelPackBlobs(client, repository);
      manifest.layers[0].size += 1;
      const refused = await client.putManifest(repository, '1.0.0', manifest);
      expect(await errorOf(refused)).toMatchObject({
        status: 400,
        code: 'SIZE_INVALID',
      });
    });

    it.each([
      ['no JSON', '{', MEDIA_TYPES.ociManifest, /not JSON/],
      ['no layers', '{"schemaVersion":2}', MEDIA_TYPES.ociManifest, /config: /],
      ['null', 'null', MEDIA_TYPES.ociManifest, /manifest: /],
      ['an unknown type', '{}', 'text/plain', /'text\/plain'.*not supported/],
      [
        'two media types',
        `{"mediaType":"${MEDIA_TYPES.ociIndex}"}`,
        MEDIA_TYPES.ociManifest,
        /Content-Type says/,
      ],
    ])('refuses a manifest with %s', async (_what, text, type, message) => {
      const refused = await client.putManifest(repository, 'x', text, type);
      expect(await errorOf(refused)).toMatchObject({
        status: 400,
        code: 'MANIFEST_INVALID',
        message: expect.stringMatching(message),
      });
    });

    it('refuses a manifest under a digest that is not its own', async () => {
      const manifest = await pushModelPackBlobs(client, repository);
      const refused = await client.putManifest(
        repository,
        digestOf('another'),
        manifest,
      );
      expect((await errorOf(refused)).code).toBe('DIGEST_INVALID');
    });

    it('refuses a manifest of more than 4 MiB', async () => {
      const refused = await client.putManifest(
        repository,
        'large',
        ' '.repeat(4 * 1024 * 1024 + 1),
      );
      expect(await errorOf(refused)).toMatchObject({
        status: 413,
        code: 'SIZE_INVALID',
      });
    });

    it('answers 404 to a manifest that it has not, or not in an accepted type', async () => {
      const unknown = await client.fetch(`/v2/${repository}/manifests/9.9.9`);
      expect((await errorOf(unknown)).code).toBe('MANIFEST_UNKNOWN');
      const manifest = await pushModelPackBlobs(client, repository);
      await client.putManifest(repository, '1.0.0', manifest);
      const other = await client.fetch(`/v2/${repository}/manifests/1.0.0`, {
        headers: { accept: MEDIA_TYPES.ociIndex },
      });
      expect((await errorOf(other)).message).toContain(MEDIA_TYPES.ociManifest);
    });

    it('lists tags in the order of their characters, page by page', async () => {
      const manifest = await pushModelPackBlobs(client, repository);
      for (const tag of ['b', 'A', '1.10.0', '1.9.0', '_x', 'a']) {
        await client.putManifest(repository, tag, manifest);
      }
      const pages = [];
      let next: string | undefined = `/v2/${repository}/tags/list?n=4`;
      while (next) {
        const response: Response = await client.fetch(next);
        pages.push((await response.json()).tags);
        next = /<(.*)>/.exec(response.headers.get('link') ?? '')?.[1];
      }
      expect(pages).toEqual([
        ['1.10.0', '1.9.0', 'A', '_x'],
        ['a', 'b'],
      ]);
      const none = await client.fetch('/v2/models/none/tags/list');
      expect((await errorOf(none)).code).toBe('NAME_UNKNOWN');
      const wrong = await client.fetch(`/v2/${repository}/tags/list?n=x`);
      expect(wrong.status).toBe(400);
    });

    it('lists what refers to a manifest, also before that one is there', async () => {
      const model = await pushModelPackBlobs(client, repository);
      const subject = {
        mediaType: MEDIA_TYPES.ociManifest,
        digest: digestOf(JSON.stringify(model)),
        size: JSON.stringify(model).length,
      };
      for (const kind of ['card', 'evaluation']) {
        const put = await client.putManifest(repository, kind, {
          ...model,
          artifactType: `application/vnd.example.${kind}`,
          annotations: { kind },
          subject,
        });
        expect(put.headers.get('oci-subject')).toBe(subject.digest);
      }
      await client.putManifest(repository, '1.0.0', model);
      const path = `/v2/${repository}/referrers/${subject.digest}`;
      const all = await (await client.fetch(path)).json();
      expect(all.mediaType).toBe(MEDIA_TYPES.ociIndex);
      expect(all.manifests).toHaveLength(2);
      const filtered = await client.fetch(
        `${path}?artifactType=application/vnd.example.card`,
      );
      expect(filtered.headers.get('oci-filters-applied')).toBe('artifactType');
      expect((await filtered.json()).manifests).toEqual([
        expect.objectContaining({
          artifactType: 'application/vnd.example.card',
          annotations: { kind: 'card' },
        }),
      ]);
      const nothing = await client.fetch(
        `/v2/${repository}/referrers/${digestOf('x')}`,
      );
      expect(await nothing.json()).toMatchObject({ manifests: [] });
    });

    it('takes an index of manifests that are there', async () => {
      const model = await pushModelPackBlobs(client, repository);
      const text = JSON.stringify(model);
      const index = {
        schemaVersion: 2,
        mediaType: MEDIA_TYPES.ociIndex,
        manifests: [
          {
            mediaType: MEDIA_TYPES.ociManifest,
            digest: digestOf(text),
            size: text.length,
          },
        ],
      };
      const early = await client.putManifest(
        repository,
        'all',
        index,
        MEDIA_TYPES.ociIndex,
      );
      expect((await errorOf(early)).code).toBe('MANIFEST_BLOB_UNKNOWN');
      await client.putManifest(repository, digestOf(text), model);
      const put = await client.putManifest(
        repository,
        'all',
        index,
        MEDIA_TYPES.ociIndex,
      );
      expect(put.status).toBe(201);
    });
  },
);
