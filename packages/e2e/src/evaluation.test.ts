import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Platform } from './testing/Platform';
import { expectSuccess, repository, run } from './testing/run';
import { signInAs } from './testing/signInAs';
import { until } from './testing/until';

const MODEL = 'wine-classifier';
const PIPELINE = join(repository, 'templates/ci/pipeline.sh');
const STEPS = ['data', 'package', 'evaluate', 'register', 'deploy'];

describe('evaluations', () => {
  let platform: Platform;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ml-evaluation-e2e-'));
    platform = await Platform.start();
  }, 300_000);
  afterAll(async () => {
    await platform?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The next version of the example, under another number. */
  function copyAs(version: string): string {
    const directory = join(folder, version);
    cpSync(join(repository, 'examples', `${MODEL}-next`), directory, {
      recursive: true,
    });
    change(
      join(directory, 'model.yaml'),
      /^version: .*$/m,
      `version: ${version}`,
    );
    return directory;
  }
  function change(file: string, from: RegExp, to: string) {
    writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
  }
  const pipeline = (directory: string, ...steps: string[]) =>
    run('sh', [PIPELINE, ...steps], {
      cwd: folder,
      env: {
        ...platform.env,
        ...{ CI: 'true', MODEL: directory, REPORT: join(folder, 'report') },
        ML: `${process.execPath} ${join(repository, 'packages/cli/bin/ml')}`,
      },
    });

  it('let the example models into production, at the first start', async () => {
    const hana = platform.clientWith(await signInAs(platform, 'hana'));
    for (const [client, model] of [
      [platform.client, MODEL],
      [hana, 'diabetes-risk'],
    ] as const) {
      const { items } = await client.evaluations.list(model);
      expect(items).toEqual([
        expect.objectContaining({
          ...{ state: 'passed', origin: 'platform', signer: 'the platform' },
        }),
      ]);
    }
  });

  it('are part of the pipeline from data to staging', async () => {
    const started = Date.now();
    const outcome = expectSuccess(await pipeline(copyAs('1.5.0')));
    expect(Date.now() - started).toBeLessThan(10 * 60_000);
    expect(outcome.stderr.match(/^== .*$/gm)).toEqual(
      STEPS.map(step => `== ${step}`),
    );
    // It was compared with what is in production.
    expect(outcome.stdout).toMatch(/✓ passed +comparison: accuracy-not-worse/);
    const { items } = await platform.client.listDeployments({
      ...{ model: MODEL, environment: 'staging' },
    });
    expect(items[0].version).toBe('1.5.0');
  });

  it('end the pipeline where data or model miss what is asked of them', async () => {
    const bad = copyAs('1.6.0');
    change(join(bad, 'eval/holdout.csv'), /^14\.22,/m, 'much,');
    const data = await pipeline(bad);
    expect(data).toMatchObject({ code: 6 });
    expect(data.stdout).toMatch(/type +alcohol \(1\) +1 /);

    const worse = copyAs('1.7.0');
    change(join(worse, 'eval/suite.yaml'), /min: 0\.95/, 'min: 0.9999');
    const model = await pipeline(worse);
    expect(model).toMatchObject({ code: 6 });
    expect(model.stdout).toMatch(/✗ failed +metric: area-under-roc/);
    expect(model.stderr).not.toContain('== register');
  });

  it('are called step by step by the workflow for GitHub', () => {
    const workflow = parse(
      readFileSync(
        join(repository, 'templates/ci/.github/workflows/model.yml'),
        'utf8',
      ),
    );
    const commands = workflow.jobs.check.steps
      .map((step: { run?: string }) => step.run)
      .filter((text?: string) => text?.startsWith('./pipeline.sh '));
    expect(commands).toEqual(STEPS.map(step => `./pipeline.sh ${step}`));
    expect(workflow.jobs.check['timeout-minutes']).toBeLessThanOrEqual(10);
  });

  it('go on after the portal was killed in the middle of one', async () => {
    expectSuccess(await platform.ml(['register', copyAs('1.8.0')]));
    const begun = await platform.client.evaluations.start(MODEL, '1.8.0');
    await until(
      async () =>
        (await platform.client.evaluations.get(begun.id)).state !== 'queued',
      { what: 'the evaluation begins' },
    );
    platform.kill('portal');
    await platform.portalAnswers();
    const ended = await until(
      async () => {
        const now = await platform.client.evaluations.get(begun.id);
        return now.finishedAt ? now : undefined;
      },
      { what: 'the evaluation ends', timeoutMs: 60_000 },
    );
    expect(ended).toMatchObject({ state: 'passed', baseline: '1.0.0' });
  });

  it('are asked for before production, by one command', async () => {
    expectSuccess(await platform.ml(['register', copyAs('1.9.0')]));
    const target = ['deploy', `${MODEL}@1.9.0`, '--env', 'production'];
    const refused = await platform.ml([...target, '--no-eval']);
    expect(refused.code).toBe(6);
    expect(refused.stderr).toContain(`ml eval ${MODEL}@1.9.0 --on-platform`);
    const { stderr } = expectSuccess(await platform.ml(target));
    expect(stderr).toContain(
      `Gate: the platform evaluates ${MODEL}@1.9.0 first`,
    );
    expect(stderr).toMatch(/Gate: .*1\.9\.0: it passed its evaluation at /);
    // The way back needs no evaluation.
    expectSuccess(
      await platform.ml(['rollback', MODEL, '--env', 'production', '--yes']),
    );
  });
});
