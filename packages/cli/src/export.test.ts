import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
// As the backend's tests start it: one way to run Docker's registry.
/* eslint-disable @backstage/no-forbidden-package-imports, @backstage/no-mixed-plugin-imports */
import {
  DockerRegistry,
  type RegistrySecurity,
} from '@ml-platform/plugin-ml-backend/src/artifacts/__testUtils__/DockerRegistry';
import {
  PASSWORD,
  USERNAME,
} from '@ml-platform/plugin-ml-backend/src/artifacts/__testUtils__/TokenServer';
/* eslint-enable @backstage/no-forbidden-package-imports, @backstage/no-mixed-plugin-imports */
import { parse } from 'yaml';
import { MlProcess, type MlRunOptions } from './__testUtils__/MlProcess';
import { TestPlatform } from './__testUtils__/TestPlatform';
import { modelYaml, writePackage } from '@ml-platform/packaging/testUtils';
import { SERVER_LABEL, writeImageLayout } from './image/writeImageLayout';

jest.setTimeout(120_000);

const MIB = 1024 * 1024;
/** More than one chunk of an upload. */
const LARGE = 18 * MIB;
const execute = promisify(execFile);
const digestOf = (bytes: Buffer) =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

describe('ml export', () => {
  let ml: MlProcess;
  let platform: TestPlatform;
  let folder: string;
  let digest: string;

  const inFolder = (...names: string[]) => join(folder, ...names);
  const run = (args: string[], { env, ...options }: MlRunOptions = {}) =>
    ml.run([...args, '--json'], {
      ...options,
      env: { ML_URL: platform.url, ML_TOKEN: platform.token, ...env },
    });

  beforeAll(async () => {
    ml = await MlProcess.build();
  });
  afterAll(() => ml.dispose());
  beforeEach(async () => {
    platform = await TestPlatform.start();
    folder = join(ml.folder, 'work');
    await writePackage(inFolder('package'), {
      'data/large.bin': randomBytes(LARGE),
    });
    const registered = await run(['register', inFolder('package')]);
    if (registered.code !== 0) throw new Error(registered.stderr);
    digest = JSON.parse(registered.stdout).data.digest;
    Object.assign(platform.versions.get('example@1.0.0')!, {
      package: parse(modelYaml('example', 'example')),
    });
  });
  afterEach(async () => {
    await platform.stop();
    await rm(folder, { recursive: true });
  });

  const exportExample = (args: string[], options?: MlRunOptions) =>
    run(['export', 'example@1.0.0', ...args], options);
  const succeed = async (args: string[], options?: MlRunOptions) => {
    const { code, stderr, stdout } = await exportExample(args, options);
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout).data;
  };
  const skopeo = async (...args: string[]) =>
    (await execute('skopeo', args)).stdout;
  const digestBySkopeo = async (image: string, ...options: string[]) =>
    digestOf(Buffer.from(await skopeo('inspect', '--raw', ...options, image)));

  /** A base image without a server that runs: what counts here is how it is taken over. */
  const writeBase = (
    target: string,
    labels: Record<string, string> = { [SERVER_LABEL]: '1.0.0' },
  ) =>
    mkdir(inFolder('spool'), { recursive: true }).then(() =>
      writeImageLayout({
        layers: [
          {
            name: 'base',
            entries: [
              {
                path: 'opt/server',
                type: 'file',
                mode: 0o755,
                size: 3 * MIB,
                read: () => [Buffer.alloc(3 * MIB, 'server')],
              },
            ],
          },
        ],
        config: {
          os: 'linux',
          architecture: 'amd64',
          config: {
            User: '65532:65532',
            Entrypoint: ['/opt/server'],
            Env: ['PATH=/opt', 'ML_PORT=1'],
            Labels: { ...labels, 'org.opencontainers.image.licenses': 'MIT' },
          },
        },
        tag: '1',
        target,
        folder: inFolder('spool'),
        compress: false,
      }),
    );

  describe('to files', () => {
    it('writes the registered package as a folder and as one file', async () => {
      const exported = await succeed(['--layout', inFolder('layout')]);
      expect(exported).toMatchObject({
        ...{ model: 'example', version: '1.0.0', digest },
        versionDigest: digest,
      });
      await succeed(['--layout', inFolder('layout.tar')]);
      for (const image of [
        `oci:${inFolder('layout')}:1.0.0`,
        `oci-archive:${inFolder('layout.tar')}:1.0.0`,
      ]) {
        expect(await digestBySkopeo(image)).toBe(digest);
      }
      // Copying reads each blob and checks its digest.
      await skopeo(
        'copy',
        '--preserve-digests',
        `oci-archive:${inFolder('layout.tar')}`,
        `oci:${inFolder('copy')}`,
      );
      const local = await run([
        ...['export', inFolder('package'), '--layout', inFolder('local')],
      ]);
      expect(JSON.parse(local.stdout).data.digest).toBe(digest);
      expect((await readdir(folder)).sort()).toEqual(
        ['copy', 'layout', 'layout.tar', 'local', 'package'].sort(),
      );
    });

    it('goes on where a connection broke', async () => {
      let sent = 0;
      let broken = false;
      platform.oci.onRead = ({ bytes }) => {
        const part =
          !broken && bytes.length > MIB ? bytes.subarray(0, 10 * MIB) : bytes;
        broken ||= part.length < bytes.length;
        sent += part.length;
        return part;
      };
      await succeed(['--layout', inFolder('layout.tar')]);
      expect(broken).toBe(true);
      expect(sent).toBeLessThan(LARGE + MIB);
      expect(
        await digestBySkopeo(`oci-archive:${inFolder('layout.tar')}`),
      ).toBe(digest);
    });

    it.each(['layout', 'layout.tar'])(
      'leaves nothing at %s when other bytes come',
      async name => {
        platform.oci.onRead = ({ bytes }) => Buffer.alloc(bytes.length, 1);
        const { code, stderr } = await exportExample([
          ...['--layout', inFolder(name)],
        ]);
        expect(code).toBe(1);
        expect(stderr).toContain('DIGEST_MISMATCH');
        expect(existsSync(inFolder(name))).toBe(false);
      },
    );

    it('continues after Ctrl-C, and until then nothing is there', async () => {
      const reached = new Promise<void>(done => {
        platform.oci.onRead = ({ bytes }) => {
          if (bytes.length < MIB) return bytes;
          if (bytes.length === LARGE) return bytes.subarray(0, LARGE / 2);
          done();
          return new Promise(() => {});
        };
      });
      const first = await exportExample(['--layout', inFolder('layout')], {
        onSpawn: child => reached.then(() => child.kill('SIGINT')),
      });
      expect(first.code).toBe(130);
      expect(first.stderr).toContain('ml export example@1.0.0');
      expect(existsSync(inFolder('layout'))).toBe(false);
      let sent = 0;
      platform.oci.onRead = ({ bytes }) => {
        sent += bytes.length;
        return bytes;
      };
      await succeed(['--layout', inFolder('layout')]);
      expect(await digestBySkopeo(`oci:${inFolder('layout')}`)).toBe(digest);
      expect(sent).toBeLessThan(LARGE * 0.75);
      expect(await readdir(folder)).toEqual(['layout', 'package']);
    });

    it('refuses what it cannot do, with a way out', async () => {
      await mkdir(inFolder('mine'));
      await writeFile(inFolder('mine/notes.txt'), 'mine');
      const image = ['--image', inFolder('image')];
      const refusals: Array<[string[], number, RegExp]> = [
        [[], 2, /one of --layout, --to and --image/],
        [['--layout', 'a', '--to', 'b.c/d'], 2, /one of --layout/],
        [['--to', 'team/example'], 2, /does not begin with the host/],
        [['--to', 'a.b/Team/x'], 2, /lower-case/],
        [image, 2, /scripts\/baseImage\.mjs/],
        [[...image, '--base', inFolder('none')], 1, /nothing there/],
        [['--layout', inFolder('mine')], 5, /would be overwritten/],
      ];
      for (const [args, exitCode, message] of refusals) {
        const { code, stderr, stdout } = await exportExample(args);
        expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
        expect(stderr).toMatch(message);
      }
      const version = platform.versions.get('example@1.0.0')!;
      version.package.format = 'mlserver';
      const base = ['--base', inFolder('none')];
      const unrunnable = await exportExample([...image, ...base]);
      expect(unrunnable.stderr).toContain('FORMAT_NOT_RUNNABLE');
      version.state = 'deleted';
      const deleted = await exportExample(['--layout', inFolder('layout')]);
      expect(deleted).toMatchObject({ code: 5 });
    });
  });

  describe.each<RegistrySecurity>(['basic', 'token'])(
    'to a registry that asks for: %s',
    security => {
      let registry: DockerRegistry;
      let host: string;
      const account = `${USERNAME}:${PASSWORD}`;
      const env = {
        ML_EXPORT_USERNAME: USERNAME,
        ML_EXPORT_PASSWORD: PASSWORD,
      };
      const from = ['--tls-verify=false', `--creds=${account}`];
      const to = ['--dest-tls-verify=false', `--dest-creds=${account}`];

      beforeEach(async () => {
        await mkdir(inFolder('registry'));
        registry = await DockerRegistry.start({
          folder: inFolder('registry'),
          security,
        });
        host = new URL(registry.url).host;
      });
      afterEach(() => registry.stop());

      it('copies the package once, with what belongs to it', async () => {
        const referrer = Buffer.from(
          JSON.stringify({
            schemaVersion: 2,
            mediaType: 'application/vnd.oci.image.manifest.v1+json',
            artifactType: 'application/vnd.in-toto+json',
            config: {
              mediaType: 'application/vnd.oci.empty.v1+json',
              digest: digestOf(Buffer.from('{}')),
              size: 2,
            },
            layers: [],
            subject: {
              mediaType: 'application/vnd.oci.image.manifest.v1+json',
              digest,
              size: platform.oci.manifests.get(digest)!.length,
            },
          }),
        );
        platform.oci.blobs.set(digestOf(Buffer.from('{}')), Buffer.from('{}'));
        platform.oci.manifests.set(digestOf(referrer), referrer);
        const listed = {
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          artifactType: 'application/vnd.in-toto+json',
          digest: digestOf(referrer),
          size: referrer.length,
        };
        platform.oci.referrers.set(digest, [listed]);

        const target = ['--to', `${host}/team/example`, '--referrers'];
        const first = await succeed(target, { env });
        expect(first).toMatchObject({
          digest,
          target: `${host}/team/example:1.0.0`,
        });
        expect(first.sentBytes).toBeGreaterThan(LARGE);
        const image = `docker://${host}/team/example`;
        expect(await digestBySkopeo(`${image}:1.0.0`, ...from)).toBe(digest);
        // This registry knows no referrers, so they are listed under a tag.
        const list = await skopeo(
          ...['inspect', '--raw', ...from],
          `${image}:${digest.replace(':', '-')}`,
        );
        expect(JSON.parse(list).manifests).toMatchObject([listed]);
        expect(await digestBySkopeo(`${image}@${listed.digest}`, ...from)).toBe(
          listed.digest,
        );

        const second = await succeed(target, { env });
        expect(second.sentBytes).toBe(0);
      });

      it('puts the model on a base image of the same registry', async () => {
        await writeBase(inFolder('base'));
        const base = `${host}/platform/base:1`;
        await skopeo(
          ...['copy', ...to, '--preserve-digests'],
          ...[`oci:${inFolder('base')}`, `docker://${base}`],
        );
        const auth = Buffer.from(account).toString('base64');
        const auths = { [host]: { auth } };
        await writeFile(inFolder('config.json'), JSON.stringify({ auths }));
        const options = { env: { DOCKER_CONFIG: folder } };
        const pushed = await succeed(
          [
            ...['--image', `${host}/team/served:1`, '--base', base],
            ...['--platform', 'linux/amd64'],
          ],
          options,
        );
        // A token that is good for one repository takes no blobs from another.
        const isTaken = pushed.sentBytes < MIB;
        expect(isTaken).toBe(security === 'basic');
        const config = JSON.parse(
          await skopeo(
            ...['inspect', '--config', ...from],
            `docker://${host}/team/served:1`,
          ),
        );
        expect(config.config).toMatchObject({
          User: '65532:65532',
          Entrypoint: ['/opt/server'],
          Env: [
            'PATH=/opt',
            'ML_MODEL_DIR=/models/example',
            'ML_HOST=0.0.0.0',
            'ML_PORT=8080',
          ],
          ExposedPorts: { '8080/tcp': {} },
        });
        expect(config.config.Labels).toMatchObject({
          'io.ml-platform.version-digest': digest,
          'org.opencontainers.image.version': '1.0.0',
        });
        expect(config.config.Labels).not.toHaveProperty([
          'org.opencontainers.image.licenses',
        ]);
        const local = await succeed([
          ...['--image', inFolder('image.tar'), '--base', inFolder('base')],
          ...['--platform', 'linux/amd64'],
        ]);
        expect(local.digest).toBe(pushed.digest);
        expect(
          await digestBySkopeo(`oci-archive:${inFolder('image.tar')}`),
        ).toBe(pushed.digest);
      });

      it('says when the account is wrong', async () => {
        const { code, stderr } = await exportExample(
          ['--to', `${host}/team/example`, '--username', USERNAME],
          { env: { ML_EXPORT_PASSWORD: 'wrong' } },
        );
        expect(code).toBe(4);
        expect(stderr).toContain('UNAUTHENTICATED');
        expect(stderr).toContain(USERNAME);
        expect(stderr).not.toContain('ML_TOKEN');
      });

      it('finds the account in a credential helper, and takes it from stdin', async () => {
        await writeFile(
          inFolder('docker-credential-test'),
          `#!/bin/sh\nread server; [ "$server" = "${host}" ] && echo '${JSON.stringify(
            { Username: USERNAME, Secret: PASSWORD },
          )}'\n`,
          { mode: 0o755 },
        );
        await writeFile(
          inFolder('auth.json'),
          JSON.stringify({ credHelpers: { [host]: 'test' } }),
        );
        const target = ['--to', `${host}/team/example:helper`];
        await succeed(target, {
          env: {
            PATH: `${folder}:${process.env.PATH}`,
            REGISTRY_AUTH_FILE: inFolder('auth.json'),
          },
        });
        const again = await succeed(
          [...target, '--username', USERNAME, '--password-stdin'],
          { input: `${PASSWORD}\n` },
        );
        expect(again.sentBytes).toBe(0);
      });

      it('is where ml register uploads to, when the platform says so', async () => {
        platform.externalRegistry = {
          url: registry.url,
          repositoryPrefix: 'team',
        };
        await writePackage(inFolder('package'), {
          'model.yaml': modelYaml('1.0.0', '1.1.0'),
        });
        const { code, stdout } = await run(['register', inFolder('package')], {
          env: {
            ML_REGISTRY_USERNAME: USERNAME,
            ML_REGISTRY_PASSWORD: PASSWORD,
          },
        });
        expect(code).toBe(0);
        const { data } = JSON.parse(stdout);
        expect(
          await digestBySkopeo(
            `docker://${host}/team/models/example@${data.digest}`,
            ...from,
          ),
        ).toBe(data.digest);
      });
    },
  );

  it('refuses a base image without the server', async () => {
    await writeBase(inFolder('base.tar'), {});
    const image = [
      '--image',
      inFolder('image'),
      '--base',
      inFolder('base.tar'),
    ];
    const unserved = await exportExample([
      ...image,
      '--platform',
      'linux/amd64',
    ]);
    expect(unserved.code).toBe(1);
    expect(unserved.stderr).toContain('it has no inference server');
    const other = await exportExample([...image, '--platform', 'linux/s390x']);
    expect(other.stderr).toContain('it is for linux/amd64');
    expect(await readdir(join(ml.folder, '.cache/ml/exports'))).toEqual([]);
  });
});
