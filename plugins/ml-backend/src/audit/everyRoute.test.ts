import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mockCredentials } from '@backstage/backend-test-utils';
import { MlClient } from '@ml-platform/plugin-ml-common';
import { createCertificateRequest } from '@ml-platform/workload-identity';
import type { Knex } from 'knex';
import { testDatabases } from '../__testUtils__/databases';
import { examplePackage } from '../__testUtils__/packages';
import { eventually, TestPlatform } from '../__testUtils__/startPlatform';
import { listRoutes } from './__testUtils__/listRoutes';

jest.setTimeout(120_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';
const TEAM = 'group:default/quality-team';

/**
 * Routes that take more than a platform with a scripted data plane: the test
 * named here tries them, and what they record.
 */
const ELSEWHERE: Record<string, string> = {
  'POST /audit/events': 'audit/audit.test.ts',
  'POST /audit/alerts/:id/close': 'audit/alerts/alerts.test.ts',
  'POST /audit/segments/:month/disposal-requests':
    'audit/segments/segments.test.ts',
  'POST /audit/segments/:month/disposal': 'audit/segments/segments.test.ts',
  'POST /service-accounts/exchange': 'serviceAccounts/serviceAccounts.test.ts',
  'POST /models/:model/batch-jobs': 'batchJobs/batchJobs.test.ts',
  'POST /batch-jobs/:id/cancel': 'batchJobs/batchJobs.test.ts',
  'POST /models/:model/versions/:version/evaluations':
    'evaluations/evaluations.test.ts',
  'POST /models/:model/versions/:version/evaluations/attached':
    'evaluations/evaluations.test.ts',
  'POST /models/:model/deployments/:environment/predict':
    'predictions/predictions.test.ts',
  'POST /policy/proposals': 'policy/policy.test.ts',
  'POST /gitops/sync': 'gitops/gitopsRules.test.ts',
  'POST /gitops/apply': 'gitops/gitopsRules.test.ts',
};

/** What is sent there is only looked at. */
const CHANGES_NOTHING = ['POST /policy/previews'];

/** The route that a path is of: the one that names most of it literally. */
function routeOf(method: string, path: string, routes: string[]) {
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

  /** A caller each of whose changes must have left an event of that request. */
  const as = (user: string) =>
    new MlClient({
      baseUrl: async () => `${platform.url}/api/ml`,
      fetch: async (input, init) => {
        const requestId = randomUUID();
        const headers = new Headers(init?.headers);
        headers.set('authorization', mockCredentials.user.header(user));
        headers.set('x-request-id', requestId);
        const response = await fetch(input, { ...init, headers });
        const method = init?.method ?? 'GET';
        if (method === 'GET' || !response.ok) return response;
        const path = new URL(String(input)).pathname.replace('/api/ml/v1', '');
        const event = await knex('ml_audit_events')
          .where({ request_id: requestId })
          .whereNot('outcome', 'denied')
          .first();
        seen.set(routeOf(method, path, mutating), event?.action);
        return response;
      },
    });
  const mia = as('user:default/mia');
  const olga = as('user:default/olga');
  const pedro = as('user:default/pedro');

  beforeAll(async () => {
    knex = await databases.init('SQLITE_3');
    platform = await TestPlatform.start({
      knex,
      teams: { 'user:default/mia': [TEAM] },
      serviceAccounts: {
        key: randomBytes(32).toString('base64url'),
        trustDomain: 'ml.example',
      },
    });
  });
  afterAll(() => platform.stop());

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
    await olga.audit.requestRelease(hold.id, reason);
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

  it('was tried, here or where it is said', () => {
    const untried = mutating.filter(
      route => !seen.has(route) && !(route in ELSEWHERE),
    );
    expect(untried).toEqual([]);
    for (const [route, file] of Object.entries(ELSEWHERE)) {
      expect(mutating).toContain(route);
      const path = join(__dirname, '..', file);
      expect(existsSync(path)).toBe(true);
      expect(readFileSync(path, 'utf8')).toMatch(/audit/);
    }
  });
});
