import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mockCredentials } from '@backstage/backend-test-utils';
import { testResultStatement } from '@ml-platform/evaluation';
import { MlClient } from '@ml-platform/plugin-ml-common';
import { createCertificateRequest } from '@ml-platform/workload-identity';
import type { Knex } from 'knex';
import { CiIssuer } from '../__testUtils__/CiIssuer';
import { testDatabases } from '../__testUtils__/databases';
import { Doubler } from '../__testUtils__/Doubler';
import { GitClone } from '../__testUtils__/GitClone';
import { examplePackage } from '../__testUtils__/packages';
import { EVALUATION_KEY, passedReport } from '../__testUtils__/passedReport';
import { ScriptedServingTarget } from '../__testUtils__/ScriptedServingTarget';
import { eventually, TestPlatform } from '../__testUtils__/startPlatform';
import { evaluationSigner } from '../evaluations/evaluationSettings';
import { listRoutes } from './__testUtils__/listRoutes';
import { recordLongAgo } from './__testUtils__/recordLongAgo';

jest.setTimeout(120_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';
const TEAM = 'group:default/quality-team';
const PAST = '2023-01-15T12:00:00.000Z';

/** What is sent there is only looked at; what follows from it is recorded by who does it. */
const CHANGES_NOTHING = ['POST /policy/previews', 'POST /gitops/sync'];

/** The route that a path is of: the one that names most of it literally. */
function routeOf(
  method: string,
  path: string,
  routes: string[],
): string | undefined {
  const found = routes.filter(route => {
    const [verb, template] = route.split(' ');
    const pattern = template.replace(/:\w+/g, '[^/]+').replace('*', '.*');
    return verb === method && RegExp(`^${pattern}$`).test(path);
  });
  return found.sort((a, b) => a.split(':').length - b.split(':').length)[0];
}

describe('every change of the REST API', () => {
  const mutating = listRoutes().filter(
    route => !route.startsWith('GET ') && !CHANGES_NOTHING.includes(route),
  );
  const seen = new Map<string, string | undefined>();
  let knex: Knex;
  let platform: TestPlatform;
  let ci: CiIssuer;
  let gateway: Doubler;
  let repository: string;

  /** A request that must have left an event of its own, if it changed something. */
  const send =
    (authorization: string): typeof fetch =>
    async (input, init) => {
      const requestId = randomUUID();
      const headers = new Headers(init?.headers);
      headers.set('authorization', authorization);
      headers.set('x-request-id', requestId);
      const response = await fetch(input, { ...init, headers });
      const method = init?.method ?? 'GET';
      if (method === 'GET' || !response.ok) return response;
      const path = new URL(String(input)).pathname.replace('/api/ml/v1', '');
      const event = await knex('ml_audit_events')
        .where({ request_id: requestId })
        .whereNot('outcome', 'denied')
        .first();
      const route = routeOf(method, path, mutating);
      if (route) seen.set(route, event?.action);
      return response;
    };
  const as = (authorization: string) =>
    new MlClient({
      baseUrl: async () => `${platform.url}/api/ml`,
      fetch: send(authorization),
    });
  const mia = as(mockCredentials.user.header('user:default/mia'));
  const olga = as(mockCredentials.user.header('user:default/olga'));
  const pedro = as(mockCredentials.user.header('user:default/pedro'));
  const nobody = as('Bearer none');
  /** Repeats what Mia did; what is no change need leave nothing. */
  const again = new MlClient({
    baseUrl: async () => `${platform.url}/api/ml`,
    fetch: (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set(
        'authorization',
        mockCredentials.user.header('user:default/mia'),
      );
      return fetch(input, { ...init, headers });
    },
  });
  const reportSession = (entry: object, who: 'plugin' | 'user') =>
    send(
      who === 'plugin'
        ? mockCredentials.service.header({
            onBehalfOf: mockCredentials.service('plugin:auth'),
            targetPluginId: 'ml',
          })
        : mockCredentials.user.header(),
    )(`${platform.url}/api/ml/v1/audit/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(entry),
    });
  /** What was done is not done again, and the answer says so. */
  const refused = async (repeated: Promise<unknown>) => {
    const outcome = await repeated.then(
      () => 'done again',
      error => error.response?.status ?? error,
    );
    expect([400, 401, 403, 404, 409]).toContain(outcome);
  };

  beforeAll(async () => {
    knex = await databases.init('SQLITE_3');
    repository = mkdtempSync(join(tmpdir(), 'ml-every-route-'));
    ci = await CiIssuer.start();
    gateway = new Doubler();
    const target = new ScriptedServingTarget();
    target.gateway = await gateway.start();
    const start = async (directory?: string) => {
      platform = await TestPlatform.start({
        ...{ knex, target, directory },
        teams: { 'user:default/mia': [TEAM] },
        audit: {
          signingKey: randomBytes(32).toString('base64url'),
          checkpoints: { interval: '50ms' },
        },
        gitops: { directory: repository, interval: '1h' },
        serviceAccounts: {
          key: randomBytes(32).toString('base64url'),
          trustDomain: 'ml.example',
          ciIssuers: [ci.url],
        },
      });
    };
    await recordLongAgo(knex, PAST);
    // Takes it into the tree; the next start finds it there, and seals its month.
    await start();
    await platform.stop();
    await start(platform.directory);
    await eventually(
      async () => (await olga.audit.segments())[0]?.state === 'due',
      'the month to be sealed',
    );
  });
  afterAll(async () => {
    await platform.stop();
    gateway.stop();
    await ci.stop();
    rmSync(repository, { recursive: true, force: true });
  });

  const filesOf = (version: string) =>
    examplePackage(MODEL, {
      'model.yaml': [[/^version: .*$/m, `version: ${version}`]],
    });
  const progressing = (id: string) =>
    eventually(async () => {
      const now = await mia.getRelease(id);
      return now.state === 'progressing' && now.rollout ? now : undefined;
    }, 'the canary to progress');
  /** Changes that were made and left nothing. */
  const silent = () =>
    [...seen].flatMap(([route, action]) => (action ? [] : [route]));
  const reason = 'because a test needs it';
  const inDays = (days: number) =>
    new Date(Date.now() + days * 86_400_000).toISOString();

  it('leaves an event: models, versions and what belongs to them', async () => {
    await mia.createModel({
      name: 'a-new-one',
      description: 'A model that is to come',
      owner: TEAM,
    });
    for (const version of ['1.0.0', '1.1.0', '1.2.0', '1.3.0']) {
      const digest = await platform.push(MODEL, filesOf(version));
      const registered = await mia.registerVersion(MODEL, {
        ...{ version, digest },
        ...(version === '1.3.0' && { draft: true }),
      });
      await platform.attachResult(registered);
    }
    await mia.versions.publish(MODEL, '1.3.0');
    await mia.versions.deprecate(MODEL, '1.2.0', {
      ...{ sunset: inDays(90), reason },
    });
    await mia.versions.undeprecate(MODEL, '1.2.0');
    await mia.aliases.set(MODEL, 'champion', { version: '1.0.0' });
    await mia.aliases.setPolicy(MODEL, 'champion', {
      ...{ movers: [], evidence: [] },
    });
    await mia.aliases.remove(MODEL, 'champion');
    await mia.retention.set(MODEL, { keepNewest: 1, protected: [] });
    await mia.retention.propose(MODEL);
    await mia.retention.clear(MODEL);
    const limit = await mia.limits.request(MODEL, {
      ...{ maxBytes: 2 ** 40, expiresAt: inDays(9), reason },
    });
    await olga.approvals.decide(limit.id, 'approve', {});
    await mia.limits.revoke(MODEL, limit.id);
    const deletion = await mia.versions.requestDeletion(MODEL, '1.3.0', {
      reason,
    });
    const { id } = deletion as { id: string };
    await olga.approvals.breakGlass(id, { reason });
    await pedro.approvals.review(id, { verdict: 'justified' });
    const grant = await mia.access.createGrant({
      ...{ subject: 'user:default/vera', model: MODEL, capability: 'read' },
      ...{ reason, expiresAt: inDays(9) },
    });
    await mia.access.revokeGrant(grant.id);
    expect(silent()).toEqual([]);
  });

  it('leaves an event: releases and experiments', async () => {
    const first = await mia.createRelease(MODEL, {
      ...{ environment: 'staging', version: '1.0.0' },
    });
    await platform.finished(first, mia);
    await platform.finished(await mia.promote(MODEL), mia);
    const skip = await mia.requestReleaseException(MODEL, {
      ...{ rule: 'skip-canary', version: '1.1.0', reason },
    });
    await olga.approvals.decide(skip.id, 'approve', {});
    const canary = await mia.createRelease(MODEL, {
      ...{ environment: 'production', version: '1.1.0', strategy: 'canary' },
    });
    await progressing(canary.id);
    await mia.steerRelease(canary.id, 'pause', { reason });
    await mia.steerRelease(canary.id, 'resume');
    await mia.steerRelease(canary.id, 'abort');
    await platform.finished(canary, mia);
    const next = await mia.createRelease(MODEL, {
      ...{ environment: 'production', version: '1.1.0', strategy: 'immediate' },
    });
    await platform.finished(next, mia);
    const back = await mia.rollback(MODEL, { environment: 'production' });
    await platform.finished(back, mia);

    const other = await mia.createRelease(MODEL, {
      ...{ environment: 'production', version: '1.2.0', strategy: 'canary' },
    });
    await progressing(other.id);
    const force = await mia.requestReleaseException(MODEL, {
      ...{ rule: 'force-promote', release: other.id, reason },
    });
    await olga.approvals.decide(force.id, 'approve', {});
    await mia.steerRelease(other.id, 'promote', { reason });
    await platform.finished(other, mia);
    await platform.finished(
      await mia.rollback(MODEL, { environment: 'production' }),
      mia,
    );

    const arms = (weight: number) => [
      { name: 'control', version: '1.0.0', weight: 100 - weight },
      { name: 'new', version: '1.1.0', weight },
    ];
    await mia.experiments.start(MODEL, {
      ...{ environment: 'production', name: 'price', arms: arms(20) },
    });
    await mia.experiments.change(MODEL, 'production', { arms: arms(50) });
    await mia.experiments.stop(MODEL, 'production');
    await mia.undeploy(MODEL, 'staging');
    expect(silent()).toEqual([]);
  });

  it('leaves an event: what is about the platform', async () => {
    await olga.audit.verify();
    const hold = await olga.audit.placeHold({ reason });
    const { id } = await olga.audit.requestRelease(hold.id, reason);
    await pedro.approvals.decide(id, 'approve', {});
    const hook = await olga.webhooks.create({ url: 'http://127.0.0.1:9/hook' });
    await olga.webhooks.pause(hook.id);
    await olga.webhooks.resume(hook.id);
    const delivery = await olga.webhooks.test(hook.id);
    await olga.webhooks.replay(hook.id, delivery.id);
    await olga.webhooks.remove(hook.id);

    await mia.serviceAccounts.create({
      ...{ team: TEAM, name: 'ci', description: 'Registers what main builds' },
      ...{ capabilities: ['register'], models: [MODEL] },
    });
    const ref = 'service-account:quality-team/ci';
    await mia.serviceAccounts.issueToken(ref);
    const { csr } = await createCertificateRequest();
    await mia.serviceAccounts.issueCertificate(ref, { csr });
    const { credentials } = await mia.serviceAccounts.get(ref);
    await mia.serviceAccounts.revokeCredential(ref, credentials[0].id);
    await mia.serviceAccounts.revoke(ref, { reason });
    expect(silent()).toEqual([]);
  });

  it('leaves an event: evaluations and predictions, each once', async () => {
    const report = passedReport(await mia.getVersion(MODEL, '1.0.0'));
    const { digest } = await mia.getVersion(MODEL, '1.0.0');
    const bundle = evaluationSigner(EVALUATION_KEY).sign(
      testResultStatement(report, digest),
    );
    await mia.evaluations.attach(MODEL, '1.0.0', {
      bundle: bundle.toString('base64'),
      report: JSON.stringify(report),
    });
    // The one that is under way is given again.
    const { id } = await mia.evaluations.start(MODEL, '1.1.0');
    expect(await again.evaluations.start(MODEL, '1.1.0')).toMatchObject({ id });

    await mia.predictions.try(MODEL, 'production', {
      body: JSON.stringify({ inputs: [{ name: 'x', data: [1] }] }),
    });
    gateway.budget = 0;
    const job = await mia.batchJobs.create(
      MODEL,
      { environment: 'production', inputFormat: 'csv' },
      new Blob(['x\n1\n2\n']),
    );
    await eventually(
      async () => (await mia.batchJobs.get(job.id)).state === 'running',
      'the job to run',
    );
    await mia.batchJobs.cancel(job.id);
    expect(await again.batchJobs.cancel(job.id)).toEqual(
      await mia.batchJobs.get(job.id),
    );
    gateway.release();
    expect(silent()).toEqual([]);
  });

  it('leaves an event: policies, and what Git asks for, each once', async () => {
    const { version } = await olga.policy.get();
    const change = {
      changes: {
        quotas: {
          stagingDeploymentsPerTeam: 50,
          productionReleasesPerTeamPerDay: 100,
        },
      },
      reason,
    };
    await olga.policy.propose(version, change);
    await refused(olga.policy.propose(version, change));

    await platform.finished(
      await mia.createRelease(MODEL, {
        ...{ environment: 'staging', version: '1.0.0' },
      }),
      mia,
    );
    await eventually(
      async () => (await mia.gitops.sync()).pendingCommits === 0,
      'the release to be committed',
    );
    const clone = await GitClone.of(repository);
    await clone.change(
      `environments/staging/quality-team/${MODEL}.yaml`,
      text =>
        text
          .replace(/^(.*)version: .*$/m, '$1version: 1.1.0')
          .replace(/^.*digest: .*\n/m, ''),
    );
    clone.remove();
    const key = { model: MODEL, environment: 'staging' } as const;
    const applied = await mia.gitops.apply(key);
    await refused(mia.gitops.apply(key));
    await platform.finished(applied, mia);
    expect(silent()).toEqual([]);
  });

  it('leaves an event: the log itself, each once', async () => {
    const session = {
      ...{ actor: 'user:default/mia', action: 'session.sign-in' },
      ...{ resource: 'session:mia', outcome: 'succeeded' },
    };
    expect((await reportSession(session, 'user')).status).toBe(403);
    expect((await reportSession(session, 'plugin')).status).toBe(201);

    await knex('ml_audit_alerts').insert({
      ...{ id: randomUUID(), kind: 'missing-outcome', subject: 'a test' },
      ...{ message: 'Something is missing', raised_at: inDays(0) },
    });
    const [alert] = (await olga.audit.status()).alerts;
    await olga.audit.closeAlert(alert.id, reason);
    await refused(olga.audit.closeAlert(alert.id, reason));

    const month = PAST.slice(0, 7);
    const asked = await olga.audit.requestDisposal(month, reason);
    await refused(olga.audit.requestDisposal(month, reason));
    await pedro.approvals.decide(asked.id, 'approve', {});
    await refused(pedro.approvals.decide(asked.id, 'approve', {}));
    await olga.audit.dispose(month);
    await refused(olga.audit.dispose(month));
    expect(silent()).toEqual([]);
  });

  it('leaves an event: what an account of CI shows, once', async () => {
    const trust = { issuer: ci.url, audience: 'ml', subject: 'repo:a:main' };
    await mia.serviceAccounts.create({
      ...{ team: TEAM, name: 'builds', description: 'Registers' },
      ...{ capabilities: ['register'], models: [MODEL], trust },
    });
    const shown = {
      account: 'quality-team/builds',
      ciToken: await ci.sign({ subject: 'repo:a:main', audience: 'ml' }),
    };
    await nobody.serviceAccounts.exchange(shown);
    await refused(nobody.serviceAccounts.exchange(shown));
    expect(silent()).toEqual([]);
  });

  it('was tried', () => {
    expect(mutating.filter(route => !seen.has(route))).toEqual([]);
  });
});
