import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Environment,
  isFinal,
  type Release,
} from '@ml-platform/plugin-ml-common';
import { sampleOf } from './testing/examples';
import { Platform } from './testing/Platform';
import { expectSuccess, repository, run } from './testing/run';
import { Traffic } from './testing/Traffic';
import { signInAs } from './testing/signInAs';
import { until } from './testing/until';

const { request } = sampleOf('wine-classifier');
const MEBIBYTE = 1024 * 1024;

describe('faults', () => {
  let platform: Platform;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ml-platform-faults-'));
    platform = await Platform.start({ PATH: deadlyGit(folder) });
  }, 300_000);

  afterAll(async () => {
    await platform?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Kills the portal and waits until the one started in its place answers. */
  const killPortal = async () => {
    const before = platform.pidOf('portal');
    platform.kill('portal');
    await until(() => ![undefined, before].includes(platform.pidOf('portal')), {
      what: 'the portal is started again',
    });
    await platform.portalAnswers();
  };

  /** The example under another name and version. */
  const copyAs = (name: string, version: string) => {
    const directory = join(folder, `${name}-${version}`);
    cpSync(join(repository, 'examples/wine-classifier'), directory, {
      recursive: true,
    });
    const file = join(directory, 'model.yaml');
    writeFileSync(
      file,
      readFileSync(file, 'utf8')
        .replace(/^name: .*$/m, `name: ${name}`)
        .replace(/^version: .*$/m, `version: ${version}`),
    );
    return directory;
  };

  it('loses no prediction when the portal is killed, and starts it again', async () => {
    const traffic = new Traffic({
      platform,
      environment: 'production',
      model: 'wine-classifier',
      request,
    });
    try {
      await killPortal();
    } finally {
      await traffic.stop();
    }
    expect(traffic.failures).toEqual([]);
    expect(traffic.answered).toBeGreaterThan(50);
    expect(platform.output).toMatch(/The portal was killed \(SIGKILL\)/);
  });

  it('serves the same routes again seconds after the inference server is killed', async () => {
    const answers = (environment: Environment, name: string) =>
      until(
        async () => {
          const answer = await platform.predict(
            environment,
            name,
            sampleOf(name).request,
          );
          return answer.status === 200 && answer;
        },
        { what: `${name} answers in ${environment}`, timeoutMs: 15_000 },
      );
    platform.kill('inference server');
    const found = await Promise.all([
      answers('staging', 'wine-classifier'),
      answers('staging', 'diabetes-risk'),
      answers('production', 'wine-classifier'),
      answers('production', 'diabetes-risk'),
    ]);
    expect(found.map(({ version }) => version)).toEqual(Array(4).fill('1.0.0'));
    await platform.portalAnswers();
  });

  it('ends releases that the portal was killed in, each at another moment of its own', async () => {
    // Milliseconds between the request and the kill.
    const delays = [400, 150, 40, 0];
    const models = delays.map(delay => `wine-fault-${delay}`);
    for (const model of models) {
      for (const version of ['1.0.0', '1.1.0']) {
        expectSuccess(await platform.ml(['register', copyAs(model, version)]));
      }
    }
    const { client } = platform;
    const deploy = (model: string, version: string) =>
      client.createRelease(model, { environment: 'staging', version });
    const ended = (release: Release) =>
      until(
        async () => {
          const found = await client.getRelease(release.id);
          return isFinal(found.state) && found;
        },
        { what: 'the release has ended', timeoutMs: 60_000 },
      );
    for (const model of models) {
      expect(await ended(await deploy(model, '1.0.0'))).toMatchObject({
        state: 'succeeded',
      });
    }
    const releases = await Promise.all(
      models.map(async (model, index) => {
        // The moment of the kill is what this test is about.
        await sleep(delays[0] - delays[index]);
        return deploy(model, '1.1.0');
      }),
    );
    await killPortal();

    for (const begun of releases) {
      const { model, state } = await ended(begun);
      const { items } = await client.listDeployments({
        ...{ model, environment: 'staging' },
      });
      const live = state === 'succeeded' ? '1.1.0' : '1.0.0';
      expect(items[0].version).toBe(live);
      expect(items[0].activeRelease).toBeUndefined();
      expect(await platform.predict('staging', model, request)).toMatchObject({
        ...{ status: 200, version: live },
      });
    }
  });

  it('goes on with releases that waited when the portal was killed, at their gate and for an approval', async () => {
    const { client } = platform;
    const [olga, pedro] = await Promise.all(
      ['olga', 'pedro'].map(async name =>
        platform.clientWith(await signInAs(platform, name)),
      ),
    );
    const reaches = (release: Release, state: Release['state']) =>
      until(
        async () => {
          const found = await client.getRelease(release.id);
          return found.state === state && found;
        },
        { what: `the release is ${state}`, timeoutMs: 60_000 },
      );
    const model = 'wine-classifier';
    const production = { environment: 'production' } as const;
    expectSuccess(
      await platform.ml(['register', 'examples/wine-classifier-next']),
    );
    expectSuccess(
      await platform.ml(['register', copyAs('wine-waits', '1.0.0')]),
    );
    const { id } = await olga.requestReleaseException(model, {
      ...{ rule: 'skip-canary', version: '1.1.0', reason: 'It leaks' },
    });
    const asked = await olga.createRelease(model, {
      ...{ ...production, version: '1.1.0', strategy: 'immediate' },
    });
    await reaches(asked, 'approval');
    const gated = await client.createRelease('wine-waits', {
      ...{ ...production, version: '1.0.0' },
    });
    await until(
      async () => {
        const { evaluation, state } = await client.getRelease(gated.id);
        return state === 'gate' && evaluation;
      },
      { what: 'the evaluation is asked for', intervalMs: 10 },
    );
    await killPortal();

    // Nobody does anything: the platform evaluates, once, and goes on.
    await reaches(gated, 'succeeded');
    const { items: runs } = await client.evaluations.list('wine-waits');
    expect(runs).toMatchObject([{ state: 'passed' }]);
    // The other one waits for somebody as before, and nothing is lost.
    expect(await client.getRelease(asked.id)).toMatchObject({
      ...{ state: 'approval' },
      awaiting: [{ rule: 'skip-canary', approval: id }],
    });
    expect((await platform.predict('production', model, request)).version).toBe(
      '1.0.0',
    );
    await pedro.approvals.decide(id, 'approve');
    const over = await reaches(asked, 'succeeded');
    expect(over.lifted).toEqual([{ rule: 'skip-canary', approval: id }]);
    expect((await platform.predict('production', model, request)).version).toBe(
      '1.1.0',
    );
    expect(await olga.approvals.get(id)).toMatchObject({ state: 'used' });
    expect(await olga.audit.verify()).toMatchObject({ findings: [] });
  });

  it('makes one commit of a release when the portal is killed as soon as Git has it', async () => {
    expectSuccess(
      await platform.ml(['register', 'examples/wine-classifier-next']),
    );
    const { items } = await platform.client.listDeployments({
      model: 'wine-classifier',
      environment: 'staging',
    });
    const pid = platform.pidOf('portal');
    writeFileSync(join(folder, 'kill-after'), '');
    const release = await platform.client.createRelease('wine-classifier', {
      environment: 'staging',
      version: items[0].version === '1.0.0' ? '1.1.0' : '1.0.0',
      strategy: 'immediate',
    });
    await until(() => ![undefined, pid].includes(platform.pidOf('portal')), {
      what: 'the portal is killed by its Git, and started again',
      timeoutMs: 60_000,
    });
    await platform.portalAnswers();
    await until(
      async () => !(await platform.client.gitops.sync()).pendingCommits,
      { what: 'the commit is made', timeoutMs: 60_000 },
    );
    const { stdout } = await run('git', [
      ...['--git-dir', join(platform.dataDir, 'git'), 'log'],
      '--format=%(trailers:key=Ml-Release,valueonly,separator=%x20)',
    ]);
    expect(
      stdout.split('\n').filter(line => line.trim() === release.id),
    ).toHaveLength(1);
    const { items: found } = await platform.client.gitops.status({
      model: 'wine-classifier',
      environment: 'staging',
    });
    expect(found).toMatchObject([
      { state: 'inSync', running: { version: release.version } },
    ]);
  });

  /** The example under another version, with so much data that it takes a while. */
  const largePackage = (version: string, mebibytes: number) => {
    const directory = copyAs('wine-classifier', version);
    const data = openSync(join(directory, 'eval/large.bin'), 'w');
    for (let written = 0; written < mebibytes; written++) {
      writeSync(data, randomBytes(MEBIBYTE));
    }
    closeSync(data);
    return directory;
  };

  const storedMebibytes = async () => {
    const { stdout } = await run('du', [
      '-sk',
      join(platform.dataDir, 'artifacts'),
    ]);
    return Number(stdout.split('\t')[0]) / 1024;
  };

  it('goes on with an upload that the portal was killed in', async () => {
    const directory = largePackage('1.0.1', 400);
    const before = await storedMebibytes();
    const registering = platform.ml(['register', directory]);
    await until(async () => (await storedMebibytes()) > before + 60, {
      what: 'the upload is under way',
      intervalMs: 10,
    });
    await killPortal();
    let outcome = await registering;
    // It waits for the portal for a while; when that is over, running it again
    // goes on from where it was.
    if (outcome.code !== 0)
      outcome = await platform.ml(['register', directory]);
    expectSuccess(outcome);
    const version = await platform.client.getVersion(
      'wine-classifier',
      '1.0.1',
    );
    expect(version.version).toBe('1.0.1');
  });

  it('resumes an upload that was killed together with the ml command', async () => {
    const directory = largePackage('1.0.2', 400);
    const before = await storedMebibytes();
    let pid = 0;
    const registering = platform.ml(['register', directory], {
      onStart: id => {
        pid = id;
      },
    });
    await until(async () => (await storedMebibytes()) > before + 120, {
      what: 'the upload is under way',
      intervalMs: 10,
    });
    process.kill(pid, 'SIGKILL');
    await killPortal();
    await registering;
    const kept = (await storedMebibytes()) - before;
    expect(kept).toBeGreaterThan(30);

    expectSuccess(await platform.ml(['register', directory]));
    const version = await platform.client.getVersion(
      'wine-classifier',
      '1.0.2',
    );
    expect(version.version).toBe('1.0.2');
    // Resumed, not begun again beside what was there.
    expect((await storedMebibytes()) - before).toBeLessThan(400 + 20);
  });
});

/**
 * A search path with a `git` that kills whoever calls it at the one moment
 * that counts: when it has just moved the branch.
 */
function deadlyGit(folder: string): string {
  const real = execFileSync('sh', ['-c', 'command -v git']).toString().trim();
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(
    join(bin, 'git'),
    `#!/bin/sh
case " $* " in
*" update-ref refs/heads/main "*) ;;
*) exec ${real} "$@" ;;
esac
${real} "$@"
code=$?
if rm '${folder}/kill-after' 2>/dev/null; then kill -9 $PPID; fi
exit $code
`,
    { mode: 0o755 },
  );
  return `${bin}:${process.env.PATH}`;
}
