import { createServer } from 'node:net';
import { join } from 'node:path';
import { sampleOf } from './testing/examples';
import { Platform } from './testing/Platform';
import { processTree, stillRunning } from './testing/processes';
import { run, repository } from './testing/run';
import { signInAs } from './testing/signInAs';
import { until } from './testing/until';

describe('starting and stopping', () => {
  let platform: Platform;

  beforeAll(async () => {
    platform = await Platform.start();
  }, 300_000);

  afterAll(() => platform?.dispose());

  it('refuses a second instance on the same data in one line', async () => {
    const { code, stderr } = await run(
      process.execPath,
      ['scripts/start.mjs'],
      { env: platform.env },
    );
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(2);
    expect(stderr).toMatch(/running already .* npm run stop/);
    await platform.portalAnswers();
  });

  it('keeps an audit log that is anchored outside the database and verifies offline', async () => {
    const auditor = {
      ...{ ...platform.env, CI: 'true' },
      ML_URL: platform.url,
      ML_TOKEN: await signInAs(platform, 'sam'),
    };
    const ml = async (...args: string[]) => {
      const { code, stderr, stdout } = await platform.ml(args, {
        env: auditor,
      });
      expect({ code, stderr: code ? stderr : '' }).toEqual({
        code: 0,
        stderr: '',
      });
      return stdout;
    };
    await until(
      async () => {
        const { data } = JSON.parse(await ml('audit', 'status', '--json'));
        return data.health === 'ok' && data.checkpoint.size === data.size;
      },
      { what: 'the log to be anchored', timeoutMs: 120_000, intervalMs: 500 },
    );
    const { data } = JSON.parse(await ml('audit', 'verify', '--json'));
    expect(data).toMatchObject({ findings: [] });
    const found = await ml(
      ...['audit', 'search', '--action', 'version.register', '-o', 'name'],
    );
    expect(found.trim().split('\n')).toHaveLength(2);

    const file = join(platform.dataDir, 'audit.jsonl');
    await ml('audit', 'export', '--since', '1d', '--output', file);
    const status = JSON.parse(await ml('audit', 'status', '--json'));
    const verified = await run('python3', [
      ...['scripts/verify-audit-export.py', file],
      ...['--key', status.data.verifierKey],
    ]);
    expect(verified.stdout).toMatch(/^VALID: \d+ entries/);
    expect(verified.code).toBe(0);
  }, 150_000);

  it('stops on Ctrl-C and leaves no process behind', async () => {
    const processes = processTree(platform.pid);
    expect(processes.length).toBeGreaterThan(3);
    expect(await platform.stop('SIGINT')).toBe(0);
    expect(stillRunning(processes)).toEqual([]);
  });

  it('starts again within 30 seconds, with all its data', async () => {
    const begun = Date.now();
    await platform.start();
    const took = Date.now() - begun;
    expect({
      took,
      quick: took < 30_000,
      output: platform.output,
    }).toMatchObject({ quick: true });
    const { items } = await platform.client.listModels();
    // The other team's model is there as well, and not for her.
    expect(items.map(model => model.name)).toEqual(['wine-classifier']);
    expect(
      await platform.predict(
        'production',
        'diabetes-risk',
        sampleOf('diabetes-risk').request,
      ),
    ).toMatchObject({ status: 200, version: '1.0.0' });
    const answer = await platform.predict(
      'production',
      'wine-classifier',
      sampleOf('wine-classifier').request,
    );
    expect(answer).toMatchObject({ status: 200, version: '1.0.0' });
    const { items: releases } = await platform.client.listReleases(
      'wine-classifier',
    );
    expect(releases).toHaveLength(2);
  });

  it('ends by itself when its start script is killed, and starts again', async () => {
    const processes = processTree(platform.pid);
    await platform.stop('SIGKILL');
    await until(() => stillRunning(processes).length === 0, {
      what: 'everything that was started has ended',
    });
    await platform.start();
    expect(await platform.client.info()).toMatchObject({
      identity: 'user:default/mei',
    });
  });

  it('is stopped by npm run stop', async () => {
    const { code } = await run(process.execPath, ['scripts/stop.mjs'], {
      env: platform.env,
    });
    expect(code).toBe(0);
    expect(await platform.ended()).toBe(0);
  });

  it.each([
    ['portal', 'ML_PORT'],
    ['production', 'ML_PRODUCTION_PORT'],
    ['staging', 'ML_STAGING_PORT'],
    ['control', 'ML_CONTROL_PORT'],
    ['identity', 'ML_IDENTITY_PORT'],
  ] as const)(
    'says in one line that the %s port is taken, by whom, and what to do',
    async (name, variable) => {
      const port = platform.ports[name];
      const other = createServer();
      await new Promise<void>(resolve =>
        other.listen(port, '127.0.0.1', resolve),
      );
      try {
        const { code, stderr } = await run(
          process.execPath,
          ['scripts/start.mjs'],
          { env: platform.env },
        );
        expect(code).toBe(1);
        const lines = stderr.trim().split('\n');
        expect(lines).toHaveLength(2);
        expect(lines[1]).toContain(`Port ${port}`);
        expect(lines[1]).toContain(`process ${process.pid}`);
        expect(lines[1]).toContain(`${variable}=`);
      } finally {
        await new Promise(resolve => other.close(resolve));
      }
    },
  );

  it('wipes its data with npm run reset, but only when told to', async () => {
    const reset = (...args: string[]) =>
      run(process.execPath, ['scripts/reset.mjs', ...args], {
        env: platform.env,
      });
    const asked = await reset();
    expect(asked.code).toBe(1);
    expect(asked.stderr).toContain('--yes');
    expect((await reset('--yes')).code).toBe(0);
    const { code } = await run('test', ['-e', platform.dataDir]);
    expect(code).toBe(1);
  });

  it('will not wipe a folder that is not its own', async () => {
    const { code, stderr } = await run(
      process.execPath,
      ['scripts/reset.mjs', '--yes'],
      { env: { ...platform.env, ML_DATA_DIR: `${repository}/docs` } },
    );
    expect(code).toBe(1);
    expect(stderr).toContain('left alone');
  });
});
