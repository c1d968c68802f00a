import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImageProcess } from './testing/ImageProcess';
import { Platform } from './testing/Platform';
import { expectSuccess, repository, run } from './testing/run';
import { type UnpackedImage, unpackImage } from './testing/unpackImage';

const SAMPLE = join(
  repository,
  'examples/wine-classifier/samples/request.json',
);

const digestOf = (text: string) =>
  `sha256:${createHash('sha256').update(text).digest('hex')}`;

describe('a version that is exported from a platform', () => {
  let platform: Platform;
  let folder: string;

  const inFolder = (...names: string[]) => join(folder, ...names);
  const exportWine = async (...options: string[]) => {
    const outcome = await platform.ml([
      ...['export', 'wine-classifier@1.0.0', '--json'],
      ...options,
    ]);
    expectSuccess(outcome);
    return JSON.parse(outcome.stdout).data;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ml-export-e2e-'));
    const base = run(process.execPath, [
      join(repository, 'scripts/baseImage.mjs'),
      ...['--out', inFolder('base')],
    ]);
    platform = await Platform.start();
    expectSuccess(await base);
  }, 300_000);

  afterAll(async () => {
    await platform?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is the package that was registered, byte for byte', async () => {
    const { digest, sentBytes } = await exportWine(
      '--layout',
      inFolder('layout'),
    );
    const version = await platform.client.getVersion(
      'wine-classifier',
      '1.0.0',
    );
    expect(digest).toBe(version.digest);
    expect(sentBytes).toBeUndefined();
    const manifest = JSON.parse(
      readFileSync(inFolder('layout/blobs', digest.replace(':', '/')), 'utf8'),
    );
    const model = manifest.layers.find((layer: any) =>
      Object.values(layer.annotations).includes('model.onnx'),
    );
    expect(
      readFileSync(inFolder('layout/blobs', model.digest.replace(':', '/'))),
    ).toEqual(
      readFileSync(join(repository, 'examples/wine-classifier/model.onnx')),
    );
  });

  it('goes into a registry with what belongs to it, which takes over what it has', async () => {
    const host = `localhost:${platform.ports.portal}`;
    const registry = `http://${host}/v2/models/wine-classifier`;
    const authorization = `Bearer ${platform.token}`;
    const put = (path: string, body: string, mediaType: string) =>
      fetch(`${registry}/${path}`, {
        method: path.startsWith('blobs') ? 'POST' : 'PUT',
        headers: { authorization, 'content-type': mediaType },
        body,
      });
    const { digest: subject } = await platform.client.getVersion(
      'wine-classifier',
      '1.0.0',
    );
    const { headers } = await fetch(`${registry}/manifests/${subject}`, {
      method: 'HEAD',
      headers: { authorization },
    });
    const empty = digestOf('{}');
    const stored = await put(
      `blobs/uploads/?digest=${empty}`,
      '{}',
      'application/octet-stream',
    );
    expect(stored.status).toBe(201);
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const evaluation = JSON.stringify({
      schemaVersion: 2,
      mediaType,
      artifactType: 'application/vnd.in-toto+json',
      config: {
        mediaType: 'application/vnd.oci.empty.v1+json',
        digest: empty,
        size: 2,
      },
      layers: [],
      subject: {
        mediaType,
        digest: subject,
        size: Number(headers.get('content-length')),
      },
    });
    const attached = digestOf(evaluation);
    const pushed = await put(`manifests/${attached}`, evaluation, mediaType);
    expect(pushed.status).toBe(201);

    const outcome = await platform.ml(
      [
        ...['export', 'wine-classifier@1.0.0', '--json', '--referrers'],
        ...['--to', `${host}/models/wine-copy:exported`],
      ],
      {
        env: {
          ...platform.env,
          ML_EXPORT_USERNAME: 'ml',
          ML_EXPORT_PASSWORD: platform.token,
        },
      },
    );
    expectSuccess(outcome);
    expect(JSON.parse(outcome.stdout).data).toMatchObject({
      digest: subject,
      sentBytes: 0,
    });
    const listed = await fetch(
      `http://${host}/v2/models/wine-copy/referrers/${subject}`,
      { headers: { authorization } },
    );
    const { manifests } = await listed.json();
    // The bill of materials, the result of the evaluation, and what was attached here.
    expect(manifests).toHaveLength(3);
    expect(manifests).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ digest: attached }),
        expect.objectContaining({
          artifactType: 'application/vnd.cyclonedx+json',
        }),
      ]),
    );
  });

  describe('as an image', () => {
    let image: UnpackedImage;
    let running: ImageProcess | undefined;

    const call = async (url: string, path: string, body?: string) => {
      const response = await fetch(`${url}/v2${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        body,
      });
      return { status: response.status, text: await response.text() };
    };

    beforeAll(async () => {
      await exportWine(
        '--image',
        inFolder('image'),
        '--base',
        inFolder('base'),
      );
      image = unpackImage(inFolder('image'), inFolder('root'));
      running = await ImageProcess.start(image);
    }, 120_000);

    afterAll(() => running?.stop('SIGKILL'));

    it('answers as the platform does, byte for byte', async () => {
      const { url } = running!;
      const request = readFileSync(SAMPLE, 'utf8');
      const live = platform.gateway('production');
      for (const path of [
        '/models/wine-classifier',
        '/models/wine-classifier/versions/1',
        '/models/wine-classifier/versions/1.0.0',
      ]) {
        const answer = await call(url, `${path}/infer`, request);
        expect(answer).toEqual(await call(live, `${path}/infer`, request));
        expect(answer.status).toBe(200);
        expect(await call(url, path)).toEqual(await call(live, path));
      }
      const broken = await call(
        url,
        '/models/wine-classifier/infer',
        '{"inputs": []}',
      );
      expect(broken.status).toBe(400);
      expect(broken).toEqual(
        await call(live, '/models/wine-classifier/infer', '{"inputs": []}'),
      );
      for (const path of ['/health/live', '/health/ready']) {
        expect(await call(url, path)).toMatchObject({ status: 200 });
      }
    });

    it('holds what serving needs, for a user that is not root', async () => {
      expect(readdirSync(join(image.root, 'models/wine-classifier'))).toEqual([
        'card.yaml',
        'model.onnx',
        'model.yaml',
      ]);
      expect(image.config.User).toBe('65532:65532');
      expect(image.config.ExposedPorts).toEqual({ '8080/tcp': {} });
      const version = await platform.client.getVersion(
        'wine-classifier',
        '1.0.0',
      );
      expect(image.config.Labels).toMatchObject({
        'org.opencontainers.image.version': '1.0.0',
        'org.opencontainers.image.title': 'Wine classifier',
        'io.ml-platform.version-digest': version.digest,
      });
    });

    it('is the same image each time', async () => {
      const again = await exportWine(
        ...['--image', inFolder('image.tar'), '--base', inFolder('base')],
      );
      expect(again.digest).toBe(image.manifestDigest);
      expect(statSync(inFolder('image.tar')).size).toBeGreaterThan(
        again.sizeBytes,
      );
    });

    it('ends when it is told to', async () => {
      expect(await running!.stop('SIGTERM')).toBe(0);
      expect(running!.log).toContain('Stopping');
    });
  });
});
