import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { buildReferrer } from '@ml-platform/attestations';
import { MEDIA_TYPES } from '@ml-platform/plugin-ml-common';
import {
  DockerRegistry,
  type RegistrySecurity,
} from '../__testUtils__/DockerRegistry';
import { digestOf } from '../__testUtils__/RegistryClient';
import { PASSWORD, USERNAME } from '../__testUtils__/TokenServer';
import { startPullServer } from '../__testUtils__/startPullServer';
import { ExternalArtifactStore } from './ExternalArtifactStore';

jest.setTimeout(60_000);

const WEIGHT = Buffer.alloc(300_000, 'weights of a model, ');
const CONFIG = '{"descriptor":{}}';

async function expectOk(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw new Error(`${response.status} ${await response.text()}`);
}

describe("Docker's registry behind the artifact store", () => {
  let folder: string;
  let registry: DockerRegistry | undefined;
  let digest: string;
  let other: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ml-external-'));
    registry = await DockerRegistry.start({ folder, security: 'none' });
    const base = `${registry.url}/v2/team/models/wine`;
    for (const content of [WEIGHT, Buffer.from(CONFIG)]) {
      const started = await expectOk(
        await fetch(`${base}/blobs/uploads/`, { method: 'POST' }),
      );
      const location = new URL(started.headers.get('location')!);
      location.searchParams.set('digest', digestOf(content));
      await expectOk(
        await fetch(location, {
          method: 'PUT',
          body: new Uint8Array(content),
          headers: { 'content-type': 'application/octet-stream' },
        }),
      );
    }
    const push = async (version: string) => {
      const manifest = JSON.stringify({
        schemaVersion: 2,
        mediaType: MEDIA_TYPES.ociManifest,
        artifactType: MEDIA_TYPES.modelManifest,
        config: {
          mediaType: MEDIA_TYPES.modelConfig,
          digest: digestOf(CONFIG),
          size: CONFIG.length,
        },
        layers: [
          {
            mediaType: MEDIA_TYPES.weight,
            digest: digestOf(WEIGHT),
            size: WEIGHT.length,
          },
        ],
        annotations: { version },
      });
      const pushed = digestOf(manifest);
      await expectOk(
        await fetch(`${base}/manifests/${pushed}`, {
          method: 'PUT',
          body: manifest,
          headers: { 'content-type': MEDIA_TYPES.ociManifest },
        }),
      );
      return pushed;
    };
    digest = await push('1.0.0');
    other = await push('2.0.0');
    await registry.stop();
  });

  afterEach(async () => {
    await registry?.stop();
    registry = undefined;
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function connect(
    security: RegistrySecurity,
    password: string = PASSWORD,
  ) {
    registry = await DockerRegistry.start({ folder, security });
    return new ExternalArtifactStore({
      url: registry.url,
      repositoryPrefix: 'team',
      username: USERNAME,
      password,
    });
  }

  it.each<RegistrySecurity>(['none', 'basic', 'token'])(
    'is read and tagged (authentication: %s)',
    async security => {
      const store = await connect(security);
      const manifest = await store.getManifest('models/wine', digest);
      expect(manifest).toMatchObject({
        digest,
        mediaType: MEDIA_TYPES.ociManifest,
      });
      expect(digestOf(manifest!.bytes)).toBe(digest);

      const blob = digestOf(WEIGHT);
      const whole = await store.openBlob('models/wine', blob);
      expect(whole!.size).toBe(WEIGHT.length);
      expect((await buffer(whole!.stream)).equals(WEIGHT)).toBe(true);
      const range = { start: 100, end: 119 };
      const part = await store.openBlob('models/wine', blob, range);
      expect(part!.size).toBe(WEIGHT.length);
      expect(await text(part!.stream)).toBe(WEIGHT.toString('utf8', 100, 120));

      const tag = `1.0.0-${security}`;
      expect(await store.getManifest('models/wine', tag)).toBeUndefined();
      await store.tagManifest('models/wine', { tag, digest });
      await store.tagManifest('models/wine', { tag, digest });
      expect(await store.getManifest('models/wine', tag)).toEqual(manifest);
      await expect(
        store.tagManifest('models/wine', { tag, digest: other }),
      ).rejects.toThrow('names a model version, which cannot change');

      const subject = { mediaType: MEDIA_TYPES.ociManifest, digest, size: 1 };
      const attach = async (content: string) => {
        const referrer = buildReferrer({
          ...{ subject, artifactType: 'application/vnd.example' },
          content: Buffer.from(content),
          annotations: { content },
        });
        await store.attachReferrer('models/wine', { referrer });
        return referrer.manifest.digest;
      };
      const first = await attach(`of ${security}`);
      const second = await attach(`more of ${security}`);
      expect(await attach(`of ${security}`)).toBe(first);
      const found = await store.listReferrers('models/wine', digest);
      expect(
        found.filter(each => each.annotations?.content?.endsWith(security)),
      ).toEqual([
        expect.objectContaining({
          ...{ digest: first, artifactType: 'application/vnd.example' },
        }),
        expect.objectContaining({ digest: second }),
      ]);
      expect(await store.getManifest('models/wine', first)).toMatchObject({
        digest: first,
      });
    },
  );

  it.each<RegistrySecurity>(['basic', 'token'])(
    'says what to check when it refuses the password (authentication: %s)',
    async security => {
      const store = await connect(security, 'wrong');
      await expect(store.getManifest('models/wine', digest)).rejects.toThrow(
        /401.*check ml\.artifacts\.external\.username and password/s,
      );
    },
  );

  it('is read through the portal with the rights of the platform', async () => {
    const store = await connect('token');
    const { client, stop } = await startPullServer(store);
    try {
      const blob = digestOf(WEIGHT);
      const path = `/v2/models/wine/blobs/${blob}`;
      const head = await client.fetch(path, { method: 'HEAD' });
      expect(head.headers.get('content-length')).toBe(String(WEIGHT.length));
      const whole = await client.fetch(path);
      expect(digestOf(Buffer.from(await whole.arrayBuffer()))).toBe(blob);
      const part = await client.fetch(path, {
        headers: { range: 'bytes=100-119' },
      });
      expect(part.status).toBe(206);
      expect(await part.text()).toBe(WEIGHT.toString('utf8', 100, 120));
      const manifest = await client.fetch(
        `/v2/models/wine/manifests/${digest}`,
      );
      expect(digestOf(await manifest.text())).toBe(digest);

      const pushed = await client.fetch('/v2/models/wine/blobs/uploads/', {
        method: 'POST',
      });
      expect(pushed.status).toBe(404);
      const stranger = await fetch(`${client.url}${path}`);
      expect(stranger.status).toBe(401);
    } finally {
      await stop();
    }
  });

  it('has nothing for what was never pushed', async () => {
    const store = await connect('token');
    const unknown = digestOf('unknown');
    expect(await store.getManifest('models/wine', unknown)).toBeUndefined();
    expect(await store.openBlob('models/wine', unknown)).toBeUndefined();
    expect(await store.getManifest('models/beer', '1.0.0')).toBeUndefined();
  });

  it('is named in the error when it cannot be reached', async () => {
    const store = await connect('none');
    const { url } = registry!;
    await registry!.stop();
    registry = undefined;
    await expect(store.getManifest('models/wine', digest)).rejects.toThrow(
      `the registry at ${url} cannot be reached`,
    );
  });
});
