import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleOf } from './testing/examples';
import { Platform } from './testing/Platform';
import { expectSuccess, repository } from './testing/run';
import { Traffic } from './testing/Traffic';
import { until } from './testing/until';

/** The usual half hour, in seconds. */
const CANARY = {
  steps: [
    { weight: 20, hold: '2s' },
    { weight: 100, hold: '2s' },
  ],
  tick: '500ms',
  clientCap: 10_000,
  insufficientEvidence: 'extend',
};
const MODEL = 'wine-classifier';

describe('a canary', () => {
  let platform: Platform;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ml-platform-canary-'));
    platform = await Platform.start({
      APP_CONFIG_ml_releases_canary: JSON.stringify(CANARY),
      // Otherwise the faulty version would never get as far as a canary.
      APP_CONFIG_ml_evaluation_requiredFor: '[]',
    });
  }, 300_000);

  afterAll(async () => {
    await platform?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The example with another version, and other bytes where given. */
  const register = async (version: string, artifact?: string) => {
    const directory = join(folder, version);
    cpSync(join(repository, 'examples', MODEL), directory, { recursive: true });
    const file = join(directory, 'model.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/^version: .*$/m, `version: ${version}`));
    if (artifact) cpSync(artifact, join(directory, 'model.onnx'));
    expectSuccess(await platform.ml(['register', directory]));
  };
  const traffic = () =>
    new Traffic({
      platform,
      environment: 'production',
      model: MODEL,
      request: sampleOf(MODEL).request,
    });
  const production = async () => {
    const { items } = await platform.client.listDeployments({
      model: MODEL,
      environment: 'production',
    });
    return items[0];
  };

  it('takes over under traffic, told step by step, without a failed prediction', async () => {
    await register('1.1.0');
    const calls = traffic();
    const { stderr } = expectSuccess(
      await platform.ml([
        ...['deploy', `${MODEL}@1.1.0`, '--env', 'production'],
        ...['--strategy', 'canary'],
      ]),
    );
    await calls.stop();
    expect(calls.failures).toEqual([]);
    expect(stderr).toMatch(/Watch it beside 1\.0\.0/);
    expect(stderr).toMatch(/Step 1 of 2, 20 % on 1\.1\.0/);
    expect(stderr).toMatch(
      /Step 2 of 2, 100 % on 1\.1\.0: .*failure rate more than 5 % above the stable version is excluded/,
    );
    expect(stderr).toMatch(/wine-classifier@1\.1\.0 is live in production/);
    expect(await production()).toMatchObject({
      version: '1.1.0',
      rollbackVersion: '1.0.0',
    });
  });

  it('is rolled back while the portal is down', async () => {
    await register(
      '1.2.0',
      join(repository, 'packages/e2e/fixtures/faulty.onnx'),
    );
    const begun = await platform.client.createRelease(MODEL, {
      environment: 'production',
      version: '1.2.0',
      strategy: 'canary',
    });
    await until(
      async () =>
        (await platform.client.getRelease(begun.id)).state === 'progressing',
      { what: 'the canary progresses' },
    );
    const portal = platform.pidOf('portal')!;
    // Stopped, not killed: nobody starts it again meanwhile.
    process.kill(portal, 'SIGSTOP');
    const calls = traffic();
    await until(() => calls.failures.length > 0, { what: 'the canary fails' });
    // The data plane alone: from some moment on, everything succeeds again.
    await until(
      async () => {
        const failed = calls.failures.length;
        const answered = calls.answered;
        await until(() => calls.answered > answered + 200, {
          what: 'more answers',
        });
        return calls.failures.length === failed;
      },
      { what: 'the rollback, without the portal' },
    );
    await calls.stop();
    process.kill(portal, 'SIGCONT');

    const release = await until(
      async () => {
        const now = await platform.client.getRelease(begun.id);
        return now.finishedAt ? now : undefined;
      },
      { what: 'the portal hears of it', timeoutMs: 60_000 },
    );
    expect(release).toMatchObject({
      state: 'rolled_back',
      rollout: { state: 'rolled_back', step: 0, weight: 0 },
    });
    expect(release.error).toMatch(/failed/);
    expect(await production()).toMatchObject({
      version: '1.1.0',
      lastFailure: { id: release.id },
    });
    const shown = expectSuccess(
      await platform.ml(['releases', 'show', release.id]),
    );
    expect(shown.stdout).toMatch(/Rollout +0 % of the requests/);
  });

  it('that never loads fails with the reason, and no caller notices', async () => {
    // It is a model by its file, with an operation that no runtime knows.
    const file = join(folder, 'unloadable.onnx');
    const bytes = readFileSync(
      join(repository, 'packages/e2e/fixtures/faulty.onnx'),
    );
    const at = bytes.indexOf('ReduceMax');
    expect(at).toBeGreaterThan(0);
    bytes.write('ReduceMix', at);
    writeFileSync(file, bytes);
    await register('1.4.0', file);
    const before = await production();
    const calls = traffic();
    const deployed = await platform.ml([
      ...['deploy', `${MODEL}@1.4.0`, '--env', 'production'],
    ]);
    await calls.stop();
    expect(deployed.code).toBe(1);
    expect(deployed.stderr).toMatch(
      /The release failed: wine-classifier@1\.4\.0 could not be loaded: .*ReduceMix/,
    );
    expect(deployed.stderr).toContain(
      `${MODEL}@${before.version} stays live in production`,
    );
    expect(calls.failures).toEqual([]);
    expect(calls.answered).toBeGreaterThan(0);
    expect(await production()).toMatchObject({
      version: before.version,
      lastFailure: { version: '1.4.0', state: 'failed' },
    });
  });

  it('is paused and taken back from the terminal', async () => {
    await register('1.3.0');
    const { stdout } = expectSuccess(
      await platform.ml([
        ...['deploy', `${MODEL}@1.3.0`, '--env', 'production'],
        ...['--strategy', 'canary', '--no-wait', '-o', 'name'],
      ]),
    );
    const id = stdout.trim();
    await until(
      async () =>
        (await platform.client.getRelease(id)).state === 'progressing',
      { what: 'the canary progresses' },
    );
    // One at a time: the second one is told which is the first.
    const second = await platform.ml([
      ...['deploy', `${MODEL}@1.0.0`, '--env', 'production'],
    ]);
    expect(second.code).toBe(5);
    expect(second.stderr).toMatch(
      /Release \d+ \(deploy of 1\.3\.0\).*is under way/,
    );
    const paused = expectSuccess(
      await platform.ml(['releases', 'pause', id, '--reason', 'lunch']),
    );
    expect(paused.stderr).toContain('is paused');
    expectSuccess(await platform.ml(['releases', 'resume', id]));
    const back = expectSuccess(
      await platform.ml(['rollback', MODEL, '--env', 'production', '--yes']),
    );
    expect(back.stderr).toContain('1.1.0 serves all requests');
    await until(
      async () => (await platform.client.getRelease(id)).state === 'aborted',
      { what: 'the release is aborted' },
    );
    expect(await production()).toMatchObject({ version: '1.1.0' });
  });
});
