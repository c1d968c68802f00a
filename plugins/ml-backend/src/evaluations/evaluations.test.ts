import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mockCredentials } from '@backstage/backend-test-utils';
import {
  createSigner,
  generateKeys,
  PREDICATE_TYPES,
} from '@ml-platform/attestations';
import { reportBytes, testResultStatement } from '@ml-platform/evaluation';
import type { Evaluation, Version } from '@ml-platform/plugin-ml-common';
import { attachBundle } from '../__testUtils__/attach';
import { testDatabases } from '../__testUtils__/databases';
import { examplePackage } from '../__testUtils__/packages';
import { passedReport } from '../__testUtils__/passedReport';
import { refusal } from '../__testUtils__/refusal';
import { eventually, TestPlatform } from '../__testUtils__/startPlatform';

jest.setTimeout(120_000);

const MODEL = 'wine-classifier';
const team = generateKeys({ curve: 'P-256' });
const stranger = generateKeys({ curve: 'P-256' });
const databases = testDatabases();

describe.each(databases.ids)('evaluations on %s', id => {
  let platform: TestPlatform;
  let version: Version;

  async function start(options: object = {}, files = examplePackage(MODEL)) {
    platform = await TestPlatform.start({
      knex: await databases.init(id),
      ...options,
    });
    version = await platform.registerOnly(MODEL, '1.0.0', files);
  }
  afterEach(() => platform.stop());

  const client = () => platform.as().evaluations;
  const deploy = (environment: 'staging' | 'production', evaluate = false) =>
    platform
      .as()
      .createRelease(MODEL, { environment, version: '1.0.0', evaluate });
  const ended = (evaluation: Evaluation) =>
    eventually(async () => {
      const now = await client().get(evaluation.id);
      return now.finishedAt ? now : undefined;
    }, 'the evaluation to end');
  const attach = (
    keys: { privateKey: string },
    change: Partial<ReturnType<typeof passedReport>> = {},
  ) => {
    const report = { ...passedReport(version), ...change };
    return client().attach(MODEL, '1.0.0', {
      bundle: createSigner(keys)
        .sign(testResultStatement(report, version.digest))
        .toString('base64'),
      report: reportBytes(report).toString('utf8'),
    });
  };

  it('lets a version into production when the platform has evaluated it, and not before', async () => {
    await start();
    await expect(deploy('production')).rejects.toMatchObject({
      ...refusal(
        409,
        "wine-classifier@1.0.0: it was not evaluated. Have the platform evaluate it: 'ml eval wine-classifier@1.0.0 --on-platform'",
      ),
      cause: expect.objectContaining({ code: 'GATE_REFUSED' }),
    });
    await platform.finished(await deploy('staging'));
    expect(await client().gate(MODEL, '1.0.0')).toMatchObject({
      requiredFor: ['production'],
      passed: false,
    });

    const begun = await client().start(MODEL, '1.0.0');
    expect(begun).toMatchObject({ state: 'queued', origin: 'platform' });
    // One at a time for a version: whoever asks meanwhile gets the same.
    expect((await client().start(MODEL, '1.0.0')).id).toBe(begun.id);
    const evaluation = await ended(begun);
    expect(evaluation).toMatchObject({
      state: 'passed',
      summary: 'All 8 checks passed',
      signer: 'the platform',
      requestedBy: 'user:default/mock',
      digest: version.digest,
      report: { verdict: 'passed', datasets: [{ rows: 72 }] },
    });
    expect(readdirSync(join(platform.directory, 'evaluation/runs'))).toEqual(
      [],
    );

    const { attestations, signatures } = await platform
      .as()
      .proofs.get(MODEL, '1.0.0');
    expect(attestations).toEqual([
      expect.objectContaining({
        digest: evaluation.attestation,
        state: 'valid',
        predicate: expect.objectContaining({ result: 'PASSED' }),
      }),
    ]);
    expect(signatures).toEqual([]);
    const release = await platform.finished(await deploy('production'));
    expect(release.state).toBe('succeeded');

    const { items } = await client().list(MODEL);
    expect(items.map(each => [each.id, each.report])).toEqual([
      [begun.id, undefined],
    ]);
    const events = await platform.as().audit.list({ limit: 100 });
    expect(
      events.items
        .filter(({ action }) => action === 'evaluation.run')
        .map(({ outcome }) => outcome),
    ).toEqual(['succeeded', 'intended']);
    expect(events.items).toContainEqual(
      expect.objectContaining({
        action: 'release.deploy',
        outcome: 'denied',
        details: expect.objectContaining({
          evaluation: 'it was not evaluated',
        }),
      }),
    );
  });

  it('refuses a version that missed its suite, and says what it missed', async () => {
    await start(
      {},
      examplePackage(MODEL, {
        'eval/suite.yaml': [[/min: 0\.8 /, 'min: 0.99 ']],
      }),
    );
    const evaluation = await ended(await client().start(MODEL, '1.0.0'));
    expect(evaluation).toMatchObject({
      state: 'failed',
      summary: expect.stringContaining('accuracy is 0.8472'),
    });
    await expect(deploy('production')).rejects.toMatchObject(
      refusal(409, 'it did not pass its evaluation'),
    );
  });

  it('tells a suite that cannot be run from one that is missed', async () => {
    await start(
      {},
      examplePackage(MODEL, {
        'eval/suite.yaml': [[/column: cultivar$/m, 'column: grape']],
      }),
    );
    const evaluation = await ended(await client().start(MODEL, '1.0.0'));
    expect(evaluation).toMatchObject({
      state: 'error',
      summary: expect.stringContaining("has no column 'grape'"),
    });
    expect(evaluation.attestation).toBeUndefined();
    expect((await client().gate(MODEL, '1.0.0')).message).toBe(
      'it was not evaluated',
    );
  });

  it('believes results of trusted keys only, about these bytes and this suite', async () => {
    await start({
      signatures: {
        trusted: [{ name: 'the team', publicKey: team.publicKey }],
      },
    });
    await expect(attach(stranger)).rejects.toMatchObject(
      refusal(400, 'which is not trusted'),
    );
    await expect(
      attach(team, {
        suite: { path: 'eval/suite.yaml', digest: `sha256:${'1'.repeat(64)}` },
      }),
    ).rejects.toMatchObject(
      refusal(400, 'it is not the result of running the suite'),
    );
    const report = passedReport(version);
    await expect(
      client().attach(MODEL, '1.0.0', {
        bundle: createSigner(team)
          .sign(testResultStatement(report, `sha256:${'2'.repeat(64)}`))
          .toString('base64'),
        report: reportBytes(report).toString('utf8'),
      }),
    ).rejects.toMatchObject(refusal(400, 'It speaks of something else'));

    // Anybody who may push can attach a stranger's; it counts for nothing.
    await attachBundle({
      url: platform.url,
      token: mockCredentials.user.token(),
      model: MODEL,
      digest: version.digest,
      bundle: createSigner(stranger).sign(
        testResultStatement(report, version.digest),
      ),
      predicateType: PREDICATE_TYPES.testResult,
    });
    await expect(deploy('production')).rejects.toMatchObject(
      refusal(409, 'a test result is attached that does not count'),
    );

    expect(await attach(team)).toMatchObject({
      state: 'passed',
      origin: 'attached',
      signer: 'the team',
    });
    expect(await client().gate(MODEL, '1.0.0')).toMatchObject({ passed: true });
    await platform.finished(await deploy('production'));

    // The newest result counts, also when it is worse.
    await attach(team, {
      verdict: 'failed',
      finishedAt: new Date(Date.now() + 1000).toISOString(),
    });
    expect(await client().gate(MODEL, '1.0.0')).toMatchObject({
      passed: false,
    });
  });

  it('never stands in the way of a rollback', async () => {
    await start();
    await platform.attachResult(version);
    await platform.finished(await deploy('production'));
    await platform.register(MODEL, '1.1.0', examplePackage(`${MODEL}-next`));
    platform.target.promotesAtOnce = true;
    await platform.finished(
      await platform.as().createRelease(MODEL, {
        ...{ environment: 'production', version: '1.1.0' },
      }),
    );
    const back = await platform
      .as()
      .rollback(MODEL, { environment: 'production' });
    expect((await platform.finished(back)).state).toBe('succeeded');
  });

  it('demands it where the configuration says', async () => {
    await start({ evaluation: { requiredFor: ['staging'] } });
    await expect(deploy('staging')).rejects.toMatchObject(
      refusal(409, 'Staging takes versions only that passed'),
    );
    await platform.finished(await deploy('production'));
  });

  it('goes on after the platform was stopped in the middle', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ml-artifacts-'));
    const knex = await databases.init(id);
    await start({ knex, directory });
    const begun = await client().start(MODEL, '1.0.0');
    await eventually(
      async () => existsSync(join(directory, 'evaluation/runs', begun.id)),
      'it to begin',
    );
    await platform.stop();
    platform = await TestPlatform.start({ knex, directory });
    expect(await ended(begun)).toMatchObject({ state: 'passed' });
  });
});
