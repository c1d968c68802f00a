import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  appendFile,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  rm,
  writeFile,
} from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  FILEPATH_ANNOTATION,
  type Lineage,
  type ModelFile,
} from '@ml-platform/plugin-ml-common';
import { parse, stringify } from 'yaml';
import { git } from './__testUtils__/git';
import { MlProcess } from './__testUtils__/MlProcess';
import { TestPlatform } from './__testUtils__/TestPlatform';

jest.setTimeout(120_000);

const EXAMPLE = join(__dirname, '../../../examples/wine-classifier');
const sha256 = (content: string | Buffer) =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;
describe('ml reproduce', () => {
  let ml: MlProcess;
  let platform: TestPlatform;
  let folder: string;
  let server: Server | undefined;

  beforeAll(async () => {
    ml = await MlProcess.build();
  });
  afterAll(() => ml.dispose());
  beforeEach(async () => {
    platform = await TestPlatform.start();
    folder = await mkdtemp(join(tmpdir(), 'ml-reproduce-test-'));
  });
  afterEach(async () => {
    server?.close();
    server = undefined;
    await platform.stop();
    await rm(folder, { recursive: true });
  });

  const run = (...args: string[]) =>
    ml.run(args, { env: { ML_URL: platform.url, ML_TOKEN: platform.token } });

  /** Registers the example, with another lineage where one is given. */
  async function register(
    lineage?: Lineage,
    place = join(folder, 'example'),
  ): Promise<void> {
    if (!existsSync(place)) await cp(EXAMPLE, place, { recursive: true });
    const file = join(place, 'model.yaml');
    const model: ModelFile = parse(await readFile(file, 'utf8'));
    if (lineage) {
      model.lineage = lineage;
      await writeFile(file, stringify(model));
    }
    const registered = await run('register', place, '--json');
    expect(registered).toMatchObject({ code: 0 });
    const { digest } = JSON.parse(registered.stdout).data;
    const manifest = JSON.parse(
      platform.oci.manifests.get(digest)!.toString(),
    ) as {
      layers: {
        digest: string;
        size: number;
        mediaType: string;
        annotations: Record<string, string>;
      }[];
    };
    // What the registry reads out of the manifest.
    platform.addVersion({
      model: model.name,
      version: model.version,
      digest,
      package: model,
      files: manifest.layers.map(({ annotations, ...layer }) => ({
        ...layer,
        path: annotations[FILEPATH_ANNOTATION],
      })),
    });
  }

  const reproduce = async (...args: string[]) => {
    const result = await run(
      'reproduce',
      'wine-classifier@1.0.0',
      ...(args.includes('--check') ? [] : ['--out', join(folder, 'out')]),
      ...args,
      '--json',
    );
    const { data } = JSON.parse(result.stdout || '{"data":{}}');
    const checks: Array<
      Record<'what' | 'subject' | 'state' | 'detail', string>
    > = data.checks ?? [];
    return {
      ...result,
      data,
      stateOf: (subject: string) =>
        checks.find(check => check.subject === subject)?.state,
      detailOf: (subject: string) =>
        checks.find(check => check.subject === subject)?.detail,
    };
  };
  const out = (...path: string[]) => join(folder, 'out', ...path);

  it('finds everything of the example, and lays it out to be trained again', async () => {
    await register();
    const { code, data, stderr } = await reproduce();
    expect(data.checks.map((check: { state: string }) => check.state)).toEqual(
      data.checks.map(() => 'matches'),
    );
    expect(data.checks.map((check: { what: string }) => check.what)).toEqual([
      ...['artifact', 'artifact', 'code', 'data', 'data', 'environment'],
    ]);
    expect(stderr).toContain(
      '✓ Everything of wine-classifier@1.0.0 is there and matches',
    );
    expect(code).toBe(0);

    for (const path of ['train.py', 'data/wine_data.csv', 'model.onnx']) {
      const original = await readFile(join(EXAMPLE, path));
      expect(await readFile(out('code', path))).toEqual(original);
      expect(await readFile(out('package', path))).toEqual(original);
    }
    expect(
      JSON.parse(await readFile(out('params.json'), 'utf8')),
    ).toMatchObject({
      estimator: 'GradientBoostingClassifier',
      n_estimators: 20,
    });
    expect(await readFile(out('environment/requirements.txt'), 'utf8')).toBe(
      await readFile(join(EXAMPLE, 'requirements.txt'), 'utf8'),
    );
    const readme = await readFile(out('README.md'), 'utf8');
    expect(readme).toContain('pip install -r environment/requirements.txt');
    expect(readme).toContain('cd code\npython train.py');
    expect(readme).toContain(
      sha256(await readFile(join(EXAMPLE, 'model.onnx'))),
    );

    const again = await reproduce();
    expect(again).toMatchObject({ code: 5 });
    expect(again.stderr).toContain('is not empty');
  });

  it('prints a table, and with --check leaves nothing behind', async () => {
    await register();
    const result = await run('reproduce', 'wine-classifier@1.0.0', '--check');
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/^✓ +code +train\.py +sha256:/m);
    expect(result.stdout).toMatch(
      /^✓ +data +wine recognition \(UCI\) +sha256:10e8a802908b/m,
    );
    expect(existsSync(join(ml.folder, 'wine-classifier-1.0.0'))).toBe(false);
    const both = await run(
      ...['reproduce', 'wine-classifier@1.0.0', '--check', '--out', 'x'],
    );
    expect(both.code).toBe(2);
  });

  it('says what of the package differs or is gone', async () => {
    await register();
    const version = platform.versions.get('wine-classifier@1.0.0')!;
    const data = version.files.find(({ path }) => path.startsWith('data/'))!;
    const model = version.files.find(({ path }) => path === 'model.onnx')!;
    platform.oci.blobs.set(model.digest, Buffer.from('another model'));
    platform.oci.blobs.delete(data.digest);
    const result = await reproduce();
    expect(result.code).toBe(9);
    expect(result.stateOf('model.onnx')).toBe('differs');
    expect(result.detailOf('model.onnx')).toBe(
      `is ${sha256('another model')}, was ${model.digest}`,
    );
    expect(result.stateOf('data/wine_data.csv')).toBe('missing');
    expect(result.stateOf('wine recognition (UCI)')).toBe('missing');
    expect(result.stderr).toContain('cannot be reproduced as it was');
    expect(await readFile(out('README.md'), 'utf8')).toContain(
      'Not everything is as it was',
    );

    platform.oci.manifests.clear();
    await rm(out(), { recursive: true });
    const gone = await reproduce();
    expect(gone.stateOf('manifest of wine-classifier@1.0.0')).toBe('missing');
    expect(gone.code).toBe(9);
  });

  it('checks the code out at its commit, from a repository by its address or a clone', async () => {
    const source = join(folder, 'source');
    await mkdir(join(source, 'training/data'), { recursive: true });
    await writeFile(join(source, 'training/train.py'), 'print("trained")\n');
    await writeFile(join(source, 'training/data/wine.csv'), '1,2,3\n');
    await git(folder, 'init', '--quiet', 'source');
    await git(source, 'add', '.');
    await git(source, 'commit', '--quiet', '--message', 'Train');
    const commit = await git(source, 'rev-parse', 'HEAD');
    await appendFile(join(source, 'training/train.py'), 'print("later")\n');
    await git(source, 'commit', '--quiet', '--all', '--message', 'Later');

    const lineage = (changes: Lineage['code']): Lineage => ({
      datasets: [
        {
          name: 'wine',
          uri: 'training/data/wine.csv',
          digest: sha256('1,2,3\n'),
        },
      ],
      code: {
        repository: `file://${source}`,
        commit,
        path: 'training/train.py',
        digest: sha256('print("trained")\n'),
        command: 'python train.py --fast',
        ...changes,
      },
      lockFile: { path: 'training/data/wine.csv', digest: sha256('1,2,3\n') },
    });
    await register(lineage({}));
    const found = await reproduce();
    expect(found.data.checks).not.toContainEqual(
      expect.not.objectContaining({ state: 'matches' }),
    );
    expect(found.code).toBe(0);
    expect(await readFile(out('code/training/train.py'), 'utf8')).toBe(
      'print("trained")\n',
    );
    expect(await readFile(out('README.md'), 'utf8')).toContain(
      'cd code/training\npython train.py --fast',
    );

    // Half of a commit's id, in a clone at hand.
    const use = async (code: Lineage['code'], ...args: string[]) => {
      const version = platform.versions.get('wine-classifier@1.0.0')!;
      version.package = { ...version.package, lineage: lineage(code) };
      return reproduce('--check', ...args);
    };
    const short = commit.slice(0, 9);
    const clone = await use(
      { repository: 'https://git.invalid/wine', commit: short },
      '--repository',
      source,
    );
    expect(clone.stateOf(`${source} @ ${short}`)).toBe('matches');
    expect(clone.code).toBe(0);

    const lost = await use({ commit: 'deadbeef'.repeat(5) });
    expect(lost.data.checks).toContainEqual(
      expect.objectContaining({
        what: 'code',
        state: 'missing',
        detail: expect.stringContaining('has no commit deadbeef'),
      }),
    );
    const away = await use({ repository: `file://${folder}/nowhere` });
    expect(away.detailOf(`file://${folder}/nowhere @ ${commit}`)).toContain(
      'cannot be read',
    );
    // A branch moves, and an address may be a command.
    const branch = await use({ commit: 'main' });
    expect(branch.stateOf(`file://${source} @ main`)).toBe('unchecked');
    const marker = join(folder, 'was-run');
    for (const repository of [
      `ext::sh -c "touch% ${marker}"`,
      `--upload-pack=touch ${marker}`,
    ]) {
      expect((await use({ repository })).code).toBe(9);
    }
    expect(existsSync(marker)).toBe(false);
  });

  it('fetches or links data from where they are, and never takes for right what it cannot check', async () => {
    server = createServer((request, response) => {
      response
        .writeHead(request.url === '/wine.csv' ? 200 : 404)
        .end('over http\n');
    });
    await new Promise<void>(done => {
      server!.listen(0, '127.0.0.1', done);
    });
    const address = `http://127.0.0.1:${
      (server.address() as AddressInfo).port
    }`;
    const local = join(folder, 'local.csv');
    await writeFile(local, 'on disk\n');
    await register({
      datasets: [
        {
          name: 'http',
          uri: `${address}/wine.csv`,
          digest: sha256('over http\n'),
        },
        { name: 'gone', uri: `${address}/gone.csv`, digest: sha256('x') },
        { name: 'file', uri: `file://${local}`, digest: sha256('on disk\n') },
        { name: 'path', uri: local, digest: sha256('once\n') },
        { name: 'no digest', uri: local },
        { name: 'no address', digest: sha256('x') },
        { name: 'bucket', uri: 's3://data/wine.csv', digest: sha256('x') },
        { name: 'outside', uri: '../../local.csv', digest: sha256('x') },
      ],
      parents: [
        { model: 'base', version: '1.0.0', relation: 'fine-tuned' },
        {
          model: 'wine-classifier',
          version: '1.0.0',
          relation: 'retrained',
          digest: sha256('x'),
        },
      ],
      run: {
        tracker: 'mlflow',
        id: '8d2c',
        uri: 'https://mlflow.example/8d2c',
      },
      baseImage: 'docker.io/library/python:3.11',
    });
    const result = await reproduce();
    expect(result.code).toBe(9);
    expect(
      Object.fromEntries(
        result.data.checks.map((check: Record<string, string>) => [
          check.subject,
          check.state,
        ]),
      ),
    ).toEqual({
      'manifest of wine-classifier@1.0.0': 'matches',
      'model.onnx': 'matches',
      'training code': 'unchecked',
      http: 'matches',
      gone: 'missing',
      file: 'matches',
      path: 'differs',
      'no digest': 'unchecked',
      'no address': 'unchecked',
      bucket: 'unchecked',
      outside: 'missing',
      'lock file': 'unchecked',
      'docker.io/library/python:3.11': 'unchecked',
      'base@1.0.0': 'missing',
      'wine-classifier@1.0.0': 'differs',
      'mlflow 8d2c': 'unchecked',
    });
    expect(result.detailOf('path')).toBe(
      `is ${sha256('on disk\n')}, was ${sha256('once\n')}`,
    );
    expect(await readFile(out('data/1-wine.csv'), 'utf8')).toBe('over http\n');
    expect(await readlink(out('data/3-local.csv'))).toBe(local);
  });

  it('takes data that the user names, and lets the rest pass only when told to', async () => {
    const local = join(folder, 'fetched.csv');
    await writeFile(local, 'from the bucket\n');
    const original = parse(
      await readFile(join(EXAMPLE, 'model.yaml'), 'utf8'),
    ) as ModelFile;
    await register({
      ...original.lineage,
      datasets: [
        {
          name: 'bucket',
          uri: 's3://data/wine.csv',
          digest: sha256('from the bucket\n'),
        },
      ],
    });
    const unchecked = await reproduce('--check');
    expect(unchecked.code).toBe(9);
    expect(unchecked.stderr).toContain('--allow-unchecked');
    expect((await reproduce('--check', '--allow-unchecked')).code).toBe(0);
    const given = await reproduce('--data', `bucket=${local}`);
    expect(given).toMatchObject({ code: 0, data: { matches: true } });
    const unknown = await reproduce('--check', '--data', `basket=${local}`);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("has no dataset 'basket'");
  });
});
