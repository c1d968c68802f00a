import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectSameOutputs, sampleOf } from './testing/examples';
import { Platform } from './testing/Platform';
import { expectSuccess, repository } from './testing/run';
import { Traffic } from './testing/Traffic';

const example = join(repository, 'examples/wine-classifier');

describe('releases with the ml command', () => {
  let platform: Platform;
  let folder: string;

  beforeAll(async () => {
    platform = await Platform.start();
    folder = mkdtempSync(join(tmpdir(), 'ml-platform-packages-'));
  }, 300_000);

  afterAll(async () => {
    await platform?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const copyOfExample = (name: string) => {
    const directory = join(folder, name);
    cpSync(example, directory, { recursive: true });
    return directory;
  };

  it('deploys the next version and rolls back, without a failed prediction', async () => {
    const { request, response } = sampleOf('wine-classifier');
    const next = sampleOf('wine-classifier-next');
    expectSuccess(
      await platform.ml(['register', 'examples/wine-classifier-next']),
    );

    const traffic = new Traffic({
      platform,
      environment: 'production',
      model: 'wine-classifier',
      request,
    });
    const predict = () =>
      platform.predict('production', 'wine-classifier', request);
    try {
      expectSuccess(
        await platform.ml([
          'deploy',
          'wine-classifier@1.1.0',
          '--env',
          'production',
        ]),
      );
      const live = await predict();
      expect(live.version).toBe('1.1.0');
      expectSameOutputs(live.body, next.response);

      expectSuccess(
        await platform.ml([
          'rollback',
          'wine-classifier',
          '--env',
          'production',
          '--yes',
        ]),
      );
      const back = await predict();
      expect(back.version).toBe('1.0.0');
      expectSameOutputs(back.body, response);
    } finally {
      await traffic.stop();
    }
    expect(traffic.failures).toEqual([]);
    expect(traffic.answered).toBeGreaterThan(0);

    const { items } = await platform.client.listReleases('wine-classifier', {
      environment: 'production',
    });
    expect(
      items.map(({ number, kind, version, state }) => [
        number,
        kind,
        version,
        state,
      ]),
    ).toEqual([
      [3, 'rollback', '1.0.0', 'succeeded'],
      [2, 'deploy', '1.1.0', 'succeeded'],
      [1, 'deploy', '1.0.0', 'succeeded'],
    ]);
  });

  it('registers the same package again without a change', async () => {
    const before = await platform.client.getVersion('wine-classifier', '1.0.0');
    expectSuccess(await platform.ml(['register', example]));
    expect(
      await platform.client.getVersion('wine-classifier', '1.0.0'),
    ).toEqual(before);
  });

  it('refuses other content under a version that exists: exit code 5', async () => {
    const directory = copyOfExample('changed');
    cpSync(
      join(repository, 'examples/wine-classifier-next/model.onnx'),
      join(directory, 'model.onnx'),
    );
    const { code, stderr } = await platform.ml(['register', directory]);
    expect(code).toBe(5);
    expect(stderr).toContain('1.0.0');
  });

  it.each([
    ['an unknown model', ['models', 'show', 'no-such-model'], 3],
    ['an unknown version', ['versions', 'show', 'wine-classifier@9.9.9'], 3],
    [
      'a release of an unknown model',
      ['deploy', 'no-such-model@1.0.0', '--env', 'staging'],
      3,
    ],
    [
      'a release of an unknown version',
      ['deploy', 'wine-classifier@9.9.9', '--env', 'staging'],
      3,
    ],
    [
      'an unknown environment',
      ['deploy', 'wine-classifier@1.0.0', '--env', 'moon'],
      2,
    ],
    [
      'a version that is none',
      ['deploy', 'wine-classifier@1.x', '--env', 'staging'],
      2,
    ],
    [
      'an unknown alias',
      ['deploy', 'wine-classifier@latest', '--env', 'staging'],
      3,
    ],
    ['an unknown command', ['dance'], 2],
    ['a directory that is not there', ['register', 'no/such/directory'], 2],
  ])('answers %s with one clear error', async (_what, args, expected) => {
    const { code, stderr, stdout } = await platform.ml(args);
    expect({ code, stderr }).toMatchObject({ code: expected });
    expect(stderr.length).toBeGreaterThan(10);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe('');
  });

  it('refuses a package without its card, naming the file: exit code 1', async () => {
    const directory = copyOfExample('without-card');
    rmSync(join(directory, 'card.yaml'));
    const { code, stderr } = await platform.ml(['register', directory]);
    expect(code).toBe(1);
    expect(stderr).toContain('card.yaml');
  });

  it('answers a call without a token with 401 and with a wrong one as well', async () => {
    const open = await fetch(`${platform.url}/api/ml/v1/models`);
    expect(open.status).toBe(401);
    const wrong = await fetch(`${platform.url}/api/ml/v1/models`, {
      headers: { authorization: 'Bearer wrong' },
    });
    expect(wrong.status).toBe(401);
  });

  it('answers a malformed prediction with one clear error', async () => {
    const { status, body } = await platform.predict(
      'production',
      'wine-classifier',
      {
        inputs: [{ name: 'nothing', datatype: 'FP32', shape: [1], data: [1] }],
      },
    );
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('features');
  });
});
