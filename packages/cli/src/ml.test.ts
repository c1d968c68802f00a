import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { EXIT_CODES } from './errors/ExitCode';
import { MlProcess } from './__testUtils__/MlProcess';
import { TestPlatform } from './__testUtils__/TestPlatform';
import { modelYaml, writePackage } from '@ml-platform/packaging/testUtils';

jest.setTimeout(60_000);

describe('ml', () => {
  let process: MlProcess;
  let platform: TestPlatform;

  beforeAll(async () => {
    process = await MlProcess.build();
  });
  afterAll(() => process.dispose());
  beforeEach(async () => {
    platform = await TestPlatform.start();
  });
  afterEach(() => platform.stop());

  const ml = (...args: string[]) =>
    process.run(args, {
      env: { ML_URL: platform.url, ML_TOKEN: platform.token },
    });
  const offline = (...args: string[]) => process.run(args);

  describe('as a command line', () => {
    it('shows help on stdout, with examples, also of a subcommand', async () => {
      const help = await offline('--help');
      expect(help).toMatchObject({ code: 0, stderr: '' });
      expect(help.stdout).toContain('Usage: ml');
      const deploy = await offline('deploy', '--help');
      expect((await offline()).stdout).toBe(help.stdout);
      expect(deploy.stdout).toContain('ml deploy wine-classifier@1.0.0 --env');
      expect((await offline('help', 'models', 'list')).stdout).toContain(
        'Usage: ml models list',
      );
    });

    it('lists its exit codes', async () => {
      const { stdout } = await offline('help', 'exit-codes');
      for (const { code, meaning } of EXIT_CODES) {
        expect(stdout).toContain(`${String(code).padStart(3)}  ${meaning}`);
      }
    });

    it.each([
      [['deplyo'], "unknown command 'deplyo'"],
      [['deploy', 'a@1.0.0', '--env', 'qa'], 'staging, production'],
      [['deploy', 'a@1.0.0'], "required option '--env"],
      [['deploy', 'a', '--env', 'staging'], "'a' names no version"],
      [['models', 'list', '--json', '-o', 'yaml'], 'contradict'],
      [['package', '/nowhere'], 'There is no directory /nowhere'],
      [['help', 'nothing'], "there is no command 'nothing'"],
    ])('exits 2 for %j', async (args, message) => {
      const result = await ml(...args);
      expect(result).toMatchObject({ code: 2, stdout: '' });
      expect(result.stderr).toContain(message);
    });

    it('exits 4 and says what to do where nothing is configured', async () => {
      const result = await offline('models', 'list');
      expect(result).toMatchObject({ code: 4, stdout: '' });
      expect(result.stderr).toContain('npm start');
    });

    it('exits 4 for a token that the portal does not know', async () => {
      const result = await process.run(['models', 'list', '--json'], {
        env: { ML_URL: platform.url, ML_TOKEN: 'wrong' },
      });
      expect(result.code).toBe(4);
      expect(JSON.parse(result.stderr)).toMatchObject({
        apiVersion: 'ml.internal/v1alpha1',
        kind: 'Error',
        error: {
          code: 'UNAUTHENTICATED',
          exitCode: 4,
          message: 'Unknown token',
          requestId: 'request-7',
        },
      });
    });

    it('names a portal that is not there', async () => {
      const { url } = platform;
      await platform.stop();
      const result = await process.run(['models', 'list'], {
        env: { ML_URL: url, ML_TOKEN: 'x' },
      });
      expect(result.code).toBe(1);
      expect(result.stderr).toContain(
        `Cannot reach the portal at ${url}: nothing listens there`,
      );
      platform = await TestPlatform.start();
    });

    it('finds its configuration above the current folder, and sends the token nowhere else', async () => {
      await mkdir(join(process.folder, '.ml'), { recursive: true });
      await writeFile(
        join(process.folder, '.ml/config.json'),
        JSON.stringify({ url: platform.url, token: platform.token }),
      );
      expect((await offline('models', 'list')).code).toBe(0);
      const elsewhere = await offline(
        'models',
        'list',
        '--url',
        'http://other',
      );
      expect(elsewhere.code).toBe(4);
      expect(elsewhere.stderr).toContain(
        'You are not signed in to http://other',
      );
      await writeFile(join(process.folder, '.ml/config.json'), '{');
      expect((await offline('models', 'list')).code).toBe(4);
      await writeFile(join(process.folder, '.ml/config.json'), '{"url":""}');
      expect((await offline('models', 'list')).code).toBe(4);
    });
  });

  describe('reading', () => {
    it('prints lists as data on stdout, an empty one included', async () => {
      const empty = await ml('models', 'list', '--json');
      expect(empty).toMatchObject({ code: 0, stderr: '' });
      expect(JSON.parse(empty.stdout)).toEqual({
        apiVersion: 'ml.internal/v1alpha1',
        kind: 'ModelList',
        items: [],
      });
      expect(await ml('models', 'list')).toMatchObject({ code: 0, stdout: '' });
      platform.addVersion({ model: 'example', version: '1.0.0' });
      const name = await ml('versions', 'list', 'example', '-o', 'name');
      expect(name.stdout).toBe('example@1.0.0\n');
      const yaml = await ml('models', 'show', 'example', '-o', 'yaml');
      expect(yaml.stdout).toContain('kind: Model\ndata:\n  name: example\n');
      const table = await ml('models', 'list');
      expect(table.stdout).toMatch(/^MODEL +LATEST +STAGING/);
    });

    it('exits 3 for a model or version that does not exist', async () => {
      platform.addVersion({ model: 'example', version: '1.0.0' });
      for (const args of [
        ['models', 'show', 'other'],
        ['versions', 'show', 'example@2.0.0'],
        ['releases', 'show', 'nothing'],
        ['deploy', 'example@2.0.0', '--env', 'staging'],
        ['predict', 'other', '--env', 'staging', '--data', '{"inputs":[]}'],
      ]) {
        expect(await ml(...args)).toMatchObject({ code: 3, stdout: '' });
      }
    });

    it('checks the connection', async () => {
      const healthy = await ml('doctor');
      expect(healthy.code).toBe(0);
      expect(healthy.stdout).toMatch(/production gateway +http/);
      const broken = await process.run(['doctor', '--json'], {
        env: { ML_URL: platform.url, ML_TOKEN: 'wrong' },
      });
      expect(broken.code).toBe(4);
      expect(JSON.parse(broken.stdout).items.at(-1)).toMatchObject({
        check: 'portal and token',
        ok: false,
      });
    });

    it('completes commands, options, models and versions', async () => {
      platform.addVersion({ model: 'example', version: '1.0.0' });
      const complete = async (...words: string[]) =>
        (await ml('__complete', '--', ...words)).stdout.trim().split('\n');
      expect(await complete('de')).toEqual(['deploy']);
      expect(await complete('models', '')).toEqual(['list', 'show', 'create']);
      expect(await complete('deploy', 'ex')).toEqual(['example@']);
      expect(await complete('deploy', 'example@')).toEqual(['example@1.0.0']);
      expect(await complete('deploy', 'x@1.0.0', '--env', '')).toEqual([
        'staging',
        'production',
      ]);
      expect(await complete('deploy', '--rea')).toEqual(['--reason']);
      for (const shell of ['bash', 'zsh', 'fish']) {
        expect((await offline('completion', shell)).stdout).toContain(
          'ml __complete',
        );
      }
    });
  });

  describe('releasing', () => {
    beforeEach(() => {
      platform.addVersion({ model: 'example', version: '1.0.0' });
      platform.addVersion({ model: 'example', version: '1.1.0' });
    });
    const deploy = (...args: string[]) =>
      ml('deploy', 'example@1.0.0', '--env', 'staging', ...args);

    it('waits, tells each phase, and ends with a call that works', async () => {
      const { code, stdout, stderr } = await deploy();
      expect(code).toBe(0);
      expect(stderr).toMatch(
        /Accept the release …\nLoad example@1.0.0 .*…\nSend the requests .*…\n✓ example@1.0.0 is live in staging/,
      );
      expect(stderr).toContain(
        `curl -sS ${platform.url}/v2/models/example/infer`,
      );
      expect(stdout).toMatch(/^Release {2}#1 of example to staging/);
    });

    it('leaves the list of phases on a terminal, in colour unless told not to', async () => {
      const onTerminal = (version: string, more: NodeJS.ProcessEnv = {}) =>
        process.run(['deploy', `example@${version}`, '--env', 'staging'], {
          env: { ML_URL: platform.url, ML_TOKEN: platform.token, ...more },
          terminal: true,
        });
      const shown = await onTerminal('1.0.0', { TERM: 'xterm-256color' });
      expect(shown.code).toBe(0);
      expect(shown.stderr).toContain('\u001b[32m');
      const last = stripVTControlCharacters(shown.stderr).slice(-900);
      expect(last).toMatch(/✔ Load example@1\.0\.0 and start its worker/);
      expect(last).toMatch(/✔ Send the requests of staging to it/);
      const plain = await onTerminal('1.1.0', { TERM: 'dumb' });
      expect(plain.stderr).not.toContain('\u001b[3');

      platform.script = ['loading', 'failed'];
      const failed = await onTerminal('1.0.0', { TERM: 'xterm-256color' });
      expect(failed.code).toBe(1);
      expect(stripVTControlCharacters(failed.stderr)).toMatch(
        /✖ Load example@1\.0\.0/,
      );
    });

    it('watches: each change is a line, until Ctrl-C', async () => {
      await deploy('--quiet');
      const { code, stdout } = await process.run(['status', '--watch'], {
        env: { ML_URL: platform.url, ML_TOKEN: platform.token },
        onSpawn: child => {
          child.stdout!.once('data', async () => {
            platform.health = 'failed';
            child.stdout!.once('data', () => child.kill('SIGINT'));
          });
        },
      });
      expect(code).toBe(130);
      const lines = stdout.trim().split('\n');
      expect(lines).toEqual([
        expect.stringMatching(/example\/staging {2}1\.0\.0 {2}healthy$/),
        expect.stringMatching(/example\/staging {2}1\.0\.0 {2}failed$/),
      ]);
    });

    it('prints the finished release as JSON', async () => {
      const { stdout } = await deploy('--json', '--quiet');
      expect(JSON.parse(stdout)).toMatchObject({
        kind: 'Release',
        data: { state: 'succeeded', kind: 'deploy', version: '1.0.0' },
      });
    });

    it('exits 1 with the cause when the release fails', async () => {
      platform.script = ['loading', 'failed'];
      const { code, stderr, stdout } = await deploy();
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain('the worker does not start');
      expect(stderr).toContain('ml releases show release-1');
    });

    it('asks for a canary, and exits 10 with the verdict when it is rolled back', async () => {
      platform.script = ['loading', 'progressing', 'rolled_back'];
      platform.releaseError = '9 of 15 requests failed';
      const { code, stderr } = await deploy('--strategy', 'canary');
      expect(platform.releases[0].strategy).toBe('canary');
      expect(code).toBe(10);
      expect(stderr).toContain(
        'The release was rolled back: 9 of 15 requests failed',
      );
      const wrong = await deploy('--strategy', 'hope');
      expect(wrong.code).toBe(2);
      expect(wrong.stderr).toMatch(/immediate, canary/);
    });

    it('tells what the gate waits for; exits 6 when it refuses, 8 while a person is asked', async () => {
      platform.script = ['gate', 'refused'];
      platform.releaseError = 'example@1.0.0 did not pass the gate: 1 of 2';
      const refused = await deploy();
      expect(refused).toMatchObject({ code: 6, stdout: '' });
      expect(refused.stderr).toContain(
        'The release was refused: example@1.0.0 did not pass the gate: 1 of 2',
      );
      platform.script = ['gate', 'approval'];
      const waiting = await deploy();
      expect(waiting).toMatchObject({ code: 8, stdout: '' });
      expect(waiting.stderr.replaceAll(/\s+/g, ' ')).toContain(
        'waits for a second person to decide on approval approval-1 (skip-canary)',
      );
      expect(waiting.stderr).toContain('ml approvals show approval-1');
      expect(waiting.stderr).toContain('ml releases abort release-2');

      // It is seen wherever releases are, with what can be done about it.
      const list = await ml('releases', 'list', 'example');
      expect(list.stdout).toMatch(/approval .*waits for a second person/);
      const shown = await ml('releases', 'show', 'release-2');
      expect(shown.stdout).toMatch(/^Waits +for a second person to decide/m);
      expect(shown.stderr).toContain('--supersede');

      expect((await deploy()).code).toBe(5);
      platform.script = ['pending', 'succeeded'];
      const next = await deploy('--supersede');
      expect(next.stderr).toContain(
        'Ends release #2 of 1.0.0, which service:ml asked for and which waits for a second person',
      );
      expect(next.code).toBe(0);
      expect(platform.releases.map(({ state }) => state)).toEqual([
        ...['refused', 'aborted', 'succeeded'],
      ]);
    });

    it('lists how releases ended and how long they took, by what is asked for', async () => {
      await deploy('--quiet');
      platform.script = ['loading', 'failed'];
      await ml('deploy', 'example@1.1.0', '--env', 'staging', '--quiet');
      const list = (...args: string[]) =>
        ml('releases', 'list', 'example', ...args);
      const all = await list();
      expect(all.stdout).toMatch(/STATE +WHEN +TOOK +BY/);
      expect(all.stdout).toMatch(/1\.0\.0 +succeeded +\S.* 42 s/);
      const names = async (...args: string[]) =>
        (await list('-o', 'name', ...args)).stdout;
      expect(await names('--state', 'failed', 'rolled_back')).toBe(
        'release-2\n',
      );
      expect(await names('--kind', 'rollback')).toBe('');
      expect(await names('--by', 'service:ml')).toBe('release-1\nrelease-2\n');
      const none = await list('--state', 'aborted');
      expect(none).toMatchObject({ code: 0 });
      expect(none.stderr).toContain('example has no such release');
      expect((await list('--state', 'lost')).code).toBe(2);
    });

    it('exits 7 when it gives up waiting, and 5 while that release goes on', async () => {
      platform.script = ['loading'];
      const waited = await deploy('--timeout', '300ms');
      expect(waited.code).toBe(7);
      expect(waited.stderr).toContain('still loading');
      const second = await deploy();
      expect(second).toMatchObject({ code: 5, stdout: '' });
      expect(second.stderr).toContain('release #1 is under way');
    });

    it('exits 10 when the version is live and unhealthy', async () => {
      platform.health = 'failed';
      expect((await deploy()).code).toBe(10);
    });

    it('returns at once with --no-wait', async () => {
      const { code, stdout } = await deploy('--no-wait', '-o', 'name');
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'release-1\n' });
    });

    it('rolls back only when told so, naming the version', async () => {
      const rollback = (...args: string[]) =>
        ml('rollback', 'example', '--env', 'staging', ...args);
      expect((await rollback('--yes')).code).toBe(5);
      await deploy();
      await ml('deploy', 'example@1.1.0', '--env', 'staging');
      const asked = await rollback();
      expect(asked.code).toBe(2);
      expect(asked.stderr).toContain('from 1.1.0 back to 1.0.0');
      expect(asked.stderr).toContain('--yes');
      const done = await rollback('--yes', '--json', '--reason', 'because');
      expect(done.code).toBe(0);
      expect(JSON.parse(done.stdout).data).toMatchObject({
        kind: 'rollback',
        version: '1.0.0',
        reason: 'because',
      });
      const status = await ml('status', 'example');
      expect(status.stdout).toMatch(
        /example +staging +1.0.0 +healthy +- +- +2026/,
      );
    });

    it('predicts, and passes large numbers on exactly', async () => {
      const args = ['predict', 'example@1', '--env', 'staging'];
      const sample = await ml(...args, '--sample', '--json');
      expect(sample.code).toBe(0);
      expect(sample.stdout).toContain('[9007199254740993]');
      expect(JSON.parse(sample.stdout).kind).toBe('Prediction');
      const piped = await process.run(args, {
        env: { ML_URL: platform.url, ML_TOKEN: platform.token },
        input: '{"inputs": []}',
      });
      expect(piped.stdout).toMatch(/^\{"model_name"/);
      expect((await ml(...args, '--data', 'no')).code).toBe(2);
    });
  });

  describe('packaging', () => {
    const directory = () => join(process.folder, 'package');

    it('lists everything that is wrong, with file, line and remedy', async () => {
      await writePackage(directory(), {
        'model.yaml': modelYaml('INT64', 'FP32')
          .replace('name: features', 'name: other')
          .replace('owner: ', 'ownr: '),
        'card.yaml': 'modelParameters:\n  task: 7\n',
      });
      const broken = await offline('package', directory());
      expect(broken).toMatchObject({ code: 1, stdout: '' });
      expect(broken.stderr).toContain(
        'model.yaml:6 ownr: is not a known field',
      );
      expect(broken.stderr).toContain(
        'card.yaml:2 modelParameters.task: must be',
      );
      expect(broken.stderr).toContain('card.yaml:1 considerations: is missing');
      const asJson = await offline('validate', directory(), '--json');
      expect(asJson.code).toBe(1);
      expect(JSON.parse(asJson.stdout).data.issues).toContainEqual(
        expect.objectContaining({ file: 'card.yaml', line: 2 }),
      );
    });

    it('writes a layout whose digest depends on the content only', async () => {
      const digests = [];
      for (const name of ['one', 'two']) {
        const folder = await writePackage(join(process.folder, name));
        const { stdout, code } = await offline('package', folder, '--json');
        expect(code).toBe(0);
        digests.push(JSON.parse(stdout).data.digest);
      }
      expect(digests[0]).toMatch(/^sha256:/);
      expect(digests[1]).toBe(digests[0]);
    });
  });
});
