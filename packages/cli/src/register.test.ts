import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MlProcess } from './__testUtils__/MlProcess';
import { TestPlatform } from './__testUtils__/TestPlatform';
import { modelYaml, writePackage } from '@ml-platform/packaging/testUtils';

jest.setTimeout(120_000);

const MIB = 1024 * 1024;

describe('ml register', () => {
  let process: MlProcess;
  let platform: TestPlatform;
  let directory: string;

  beforeAll(async () => {
    process = await MlProcess.build();
  });
  afterAll(() => process.dispose());
  beforeEach(async () => {
    platform = await TestPlatform.start();
    directory = join(process.folder, 'example');
    await writePackage(directory);
  });
  afterEach(async () => {
    await platform.stop();
    await rm(directory, { recursive: true });
  });

  const env = () => ({ ML_URL: platform.url, ML_TOKEN: platform.token });
  const register = (...args: string[]) =>
    process.run(['register', directory, ...args], { env: env() });
  const uploads = () =>
    readdir(join(process.folder, '.cache/ml/uploads')).catch(() => []);

  /** Six chunks of 16 MiB. */
  async function addLargeFile() {
    const size = 96 * MIB;
    await writePackage(directory, { 'data/large.bin': randomBytes(size) });
    return size;
  }

  it('registers a draft, and refuses a name that was deleted', async () => {
    const draft = await register('--draft');
    expect(draft.code).toBe(0);
    expect(draft.stderr).toContain('✓ Registered example@1.0.0 as a draft');
    expect(draft.stderr).toContain('ml versions publish example@1.0.0');
    expect(draft.stdout).toMatch(/^State +draft$/m);
    platform.versions.get('example@1.0.0')!.state = 'deleted';
    const refused = await register();
    expect(refused).toMatchObject({ code: 5, stdout: '' });
    expect(refused.stderr).toContain('its name stays taken');
  });

  it('uploads, registers, and changes nothing the second time', async () => {
    const first = await register('--json');
    expect(first.code).toBe(0);
    const { data, kind } = JSON.parse(first.stdout);
    expect(kind).toBe('Version');
    expect(data).toMatchObject({
      model: 'example',
      version: '1.0.0',
      unchanged: false,
    });
    const manifest = JSON.parse(
      platform.oci.manifests.get(data.digest)!.toString(),
    );
    expect(manifest.artifactType).toBe(
      'application/vnd.cncf.model.manifest.v1+json',
    );
    const kinds = Object.fromEntries(
      manifest.layers.map(
        (layer: { annotations: object; mediaType: string }) => [
          Object.values(layer.annotations)[0],
          layer.mediaType.split('.v1.')[0].split('model.')[1],
        ],
      ),
    );
    expect(kinds).toEqual({
      'card.yaml': 'doc',
      'eval/suite.yaml': 'code',
      'model.onnx': 'weight',
      'model.yaml': 'weight.config',
      'samples/request.json': 'dataset',
    });
    const received = platform.oci.receivedBytes;
    const second = await register('--json');
    expect(JSON.parse(second.stdout).data.unchanged).toBe(true);
    expect(platform.oci.receivedBytes).toBe(received);
  });

  it('exits 5 for other content under the same version, before uploading', async () => {
    await register();
    const received = platform.oci.receivedBytes;
    await writePackage(directory, {
      'model.yaml': modelYaml('An example', 'Another example'),
    });
    const { code, stdout, stderr } = await register();
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toContain('a version never changes');
    expect(stderr).toContain('Raise `version` in model.yaml');
    expect(platform.oci.receivedBytes).toBe(received);
  });

  it('uploads only what another version has not brought already', async () => {
    await addLargeFile();
    expect((await register()).code).toBe(0);
    const received = platform.oci.receivedBytes;
    await writePackage(directory, {
      'model.yaml': modelYaml('1.0.0', '1.1.0'),
    });
    expect((await register()).code).toBe(0);
    expect(platform.oci.receivedBytes - received).toBeLessThan(MIB);
  });

  it('does not touch the registry with an invalid package', async () => {
    await writePackage(directory, { 'card.yaml': 'modelParameters: {}' });
    const { code, stderr } = await register('--json');
    expect(code).toBe(1);
    expect(JSON.parse(stderr.slice(stderr.indexOf('{'))).error).toMatchObject({
      code: 'PACKAGE_INVALID',
      issues: expect.arrayContaining([
        expect.objectContaining({ file: 'card.yaml', line: 1 }),
      ]),
    });
    expect(platform.requests).toEqual([]);
  });

  it('says so when the registry gets other bytes', async () => {
    platform.oci.corrupts = true;
    const { code, stderr } = await register();
    expect(code).toBe(1);
    expect(stderr).toContain('digest mismatch');
    expect(stderr).toContain('Nothing was registered');
    expect(platform.versions.size).toBe(0);
  });

  it('goes on within a run when the connection breaks', async () => {
    const size = await addLargeFile();
    platform.oci.onChunk = chunk => {
      if (chunk === 3) throw new Error('the connection breaks here');
    };
    const { code, stderr } = await register();
    expect(code).toBe(0);
    expect(stderr).toContain('Trying again with data/large.bin');
    expect(platform.oci.receivedBytes).toBeLessThan(size + 17 * MIB);
  });

  it('continues an upload after it was killed', async () => {
    const size = await addLargeFile();
    // The fourth chunk arrives, and the process dies before it is acknowledged.
    const killed = new Promise<void>(done => {
      platform.oci.onChunk = chunk =>
        chunk === 4 ? new Promise(() => done()) : undefined;
    });
    const first = await process.run(['register', directory], {
      env: env(),
      onSpawn: child => killed.then(() => child.kill('SIGKILL')),
    });
    expect(first.code).toBe(null);
    expect(await uploads()).toHaveLength(1);

    platform.oci.onChunk = () => {};
    const second = await register();
    expect(second.code).toBe(0);
    expect(second.stderr).toContain('Resuming data/large.bin at 48.0 MiB');
    expect(platform.oci.receivedBytes).toBeLessThan(size + 17 * MIB);
    expect(await uploads()).toEqual([]);
  });

  it('begins again when the registry has forgotten the upload', async () => {
    await addLargeFile();
    const killed = new Promise<void>(done => {
      platform.oci.onChunk = () => new Promise(() => done());
    });
    await process.run(['register', directory], {
      env: env(),
      onSpawn: child => killed.then(() => child.kill('SIGKILL')),
    });
    platform.oci.onChunk = () => {};
    platform.oci.forgetUploads();
    expect((await register()).code).toBe(0);
  });

  it('ends with the command that resumes, and 130, on Ctrl-C', async () => {
    await addLargeFile();
    const reached = new Promise<void>(done => {
      platform.oci.onChunk = chunk =>
        chunk === 3 ? new Promise(() => done()) : undefined;
    });
    const { code, stderr } = await process.run(['register', directory], {
      env: env(),
      onSpawn: child => reached.then(() => child.kill('SIGINT')),
    });
    expect(code).toBe(130);
    expect(stderr).toMatch(/Interrupted at 32\.0 MiB of 96\.0 MiB/);
    expect(stderr).toContain(`ml register ${directory}`);
  });
});
