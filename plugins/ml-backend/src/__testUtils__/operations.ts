import { MAX_GRANT_DAYS, RELEASE_RULES } from '@ml-platform/plugin-ml-common';

/** Ids that belong to a model. */
export interface Ids {
  release: string;
  approval: string;
  grant: string;
}

/**
 * One route of the REST API: which permission it asks for, and what it records.
 * A route that is not in the table fails a test, so that none goes unguarded.
 */
export interface Operation {
  route: string;
  /** Where the values of the path's parameters are not the usual ones. */
  path?: Record<string, keyof Ids | (string & {})>;
  query?: string;
  /** `open` is for everybody who signed in; it tells of no model but one's own. */
  permission: string;
  /**
   * What is asked about: one model; the platform; or a list, of which those
   * models are left out that the caller may not see.
   */
  about: 'model' | 'platform' | 'list';
  body?: (model: string) => object;
  /** Audit action of a change that succeeded. */
  records?: string;
  /** For whom a model is hidden, its name is taken. */
  hidden?: 'taken';
  /** Who sees no model whatever is told that there is nothing of that id. */
  blind?: 'hidden';
}

const VERSION = '1.0.0';
const read = 'ml.model.read';
const manage = 'ml.version.manage';
const staging = 'ml.release.staging';
const webhooks = 'ml.webhook.manage';
const audit = 'ml.audit.read';
const day = (days: number) =>
  new Date(Date.now() + days * 24 * 60 * 60 * 1000).toISOString();

const model = (
  route: string,
  permission: string,
  rest: Partial<Operation> = {},
): Operation => ({ route, permission, about: 'model', ...rest });
const platform = (
  route: string,
  permission: string,
  rest: Partial<Operation> = {},
): Operation => ({ route, permission, about: 'platform', ...rest });
const list = (route: string, rest: Partial<Operation> = {}): Operation => ({
  route,
  permission: read,
  about: 'list',
  ...rest,
});

const arms = ['a', 'b'].map(name => ({ name, version: VERSION, weight: 1 }));
const reason = 'because a test needs it';

export const OPERATIONS: Operation[] = [
  platform('GET /info', 'open'),
  platform('GET /whoami', 'open'),
  list('GET /models'),
  list('GET /versions'),
  list('GET /deployments'),
  list('GET /datasets/:dataset/versions'),
  platform('GET /alias-evidence', 'open'),
  platform('GET /model-names/:name', 'ml.model.create'),
  platform('POST /models', 'ml.model.create', {
    body: () => ({
      name: 'a-new-one',
      description: 'A model that is to come',
      owner: 'group:default/quality-team',
    }),
    records: 'model.create',
  }),
  model('GET /models/:model', read),
  model('GET /models/:model/versions', read),
  model('GET /models/:model/versions/:version', read),
  model('GET /models/:model/versions/:version/bom', read),
  model('GET /models/:model/versions/:version/openapi', read),
  model('GET /models/:model/versions/:version/sample', 'ml.prediction.try'),
  model('GET /models/:model/versions/:version/lineage', read),
  model('GET /models/:model/versions/:version/openlineage', read),
  model('GET /models/:model/versions/:version/proof', read),
  model('GET /models/:model/trust', read),
  model('GET /models/:model/aliases', read),
  model('GET /models/:model/aliases/:alias/history', read),
  model('GET /models/:model/aliases/:alias/policy', read),
  model('GET /models/:model/aliases/:alias/policy/history', read),
  model('GET /models/:model/aliases/:alias/evidence', read, {
    query: `version=${VERSION}`,
  }),
  model('GET /models/:model/limits', read),
  model('GET /models/:model/retention', read),
  model('GET /models/:model/retention/preview', read, {
    query: 'keepNewest=3',
  }),
  model('GET /models/:model/releases', read),
  model('GET /models/:model/experiments', read),
  model('GET /models/:model/evaluations', read),
  model('GET /models/:model/versions/:version/evaluations/gate', read),
  model('GET /releases/:id', read, { path: { ':id': 'release' } }),
  model('GET /files/:model/:version/*', 'ml.artifact.pull', {
    path: { '*': 'model.yaml' },
  }),
  model('POST /models/:model/versions', 'ml.version.register', {
    body: () => ({ version: '9.9.9', digest: `sha256:${'0'.repeat(64)}` }),
    hidden: 'taken',
  }),
  model(
    'POST /models/:model/versions/:version/evaluations/attached',
    'ml.version.register',
    { body: () => ({ bundle: 'bm90aGluZw==', report: 'nothing' }) },
  ),
  model('POST /models/:model/versions/:version/publish', manage),
  model('PUT /models/:model/versions/:version/deprecation', manage, {
    body: () => ({ sunset: day(90), reason }),
    records: 'version.deprecate',
  }),
  model('DELETE /models/:model/versions/:version/deprecation', manage, {
    records: 'version.undeprecate',
  }),
  model('PUT /models/:model/aliases/:alias', manage, {
    body: () => ({ version: VERSION }),
    records: 'alias.move',
  }),
  model('PUT /models/:model/aliases/:alias/policy', manage, {
    body: () => ({ movers: [], evidence: [] }),
    records: 'alias.policy',
  }),
  model('DELETE /models/:model/aliases/:alias', manage, {
    records: 'alias.remove',
  }),
  model('PUT /models/:model/retention', manage, {
    body: () => ({ keepNewest: 10 }),
    records: 'retention.set',
  }),
  model('POST /models/:model/retention/proposals', 'ml.version.delete'),
  model('DELETE /models/:model/retention', manage, {
    records: 'retention.clear',
  }),
  model('POST /models/:model/limits/exceptions', manage, {
    body: () => ({ maxBytes: 2 ** 40, expiresAt: day(9), reason }),
    records: 'approval.request',
  }),
  model('DELETE /models/:model/limits/exceptions/:id', manage, {
    path: { ':id': 'approval' },
  }),
  list('GET /approvals', { permission: 'open' }),
  platform('GET /approval-kinds', 'open'),
  model('GET /approvals/:id', read, {
    path: { ':id': 'approval' },
    blind: 'hidden',
  }),
  model('POST /approvals/:id/:decision', 'ml.approval.decide.platform', {
    path: { ':id': 'approval', ':decision': 'deny' },
    body: () => ({ comment: reason }),
    blind: 'hidden',
    records: 'approval.deny',
  }),
  model('POST /approvals/:id/break-glass', 'ml.approval.break-glass', {
    path: { ':id': 'approval' },
    body: () => ({ reason }),
    blind: 'hidden',
  }),
  model('POST /approvals/:id/review', 'ml.approval.decide.platform', {
    path: { ':id': 'approval' },
    body: () => ({ verdict: 'justified' }),
    blind: 'hidden',
  }),
  model('POST /models/:model/versions/:version/deletion', 'ml.version.delete', {
    body: () => ({ reason }),
  }),
  model('POST /models/:model/releases', staging, {
    body: () => ({ environment: 'staging', version: VERSION }),
    records: 'release.deploy',
  }),
  model('POST /models/:model/rollbacks', 'ml.release.rollback', {
    body: () => ({ environment: 'production' }),
  }),
  list('GET /release-stats', { permission: 'open' }),
  model('GET /models/:model/release-outlook', read, {
    query: 'environment=production',
  }),
  model('POST /models/:model/promotions', 'ml.release.production', {
    body: () => ({}),
  }),
  model('POST /models/:model/release-exceptions', 'ml.release.override', {
    body: () => ({ rule: RELEASE_RULES[0], version: VERSION, reason }),
  }),
  model('POST /releases/:id/promote', 'ml.release.override', {
    path: { ':id': 'release' },
  }),
  model('POST /releases/:id/pause', staging, { path: { ':id': 'release' } }),
  model('POST /releases/:id/resume', staging, { path: { ':id': 'release' } }),
  model('POST /releases/:id/abort', 'ml.release.rollback', {
    path: { ':id': 'release' },
  }),
  model('DELETE /models/:model/deployments/:environment', staging),
  model('POST /models/:model/experiments', staging, {
    body: () => ({ environment: 'staging', name: 'test', arms }),
  }),
  model('PUT /models/:model/experiments/:environment', staging, {
    body: () => ({ arms }),
  }),
  model('DELETE /models/:model/experiments/:environment', staging),
  model('GET /models/:model/deployments/:environment/traffic', read),
  model(
    'POST /models/:model/deployments/:environment/predict',
    'ml.prediction.try',
    {
      body: () => ({ inputs: [] }),
    },
  ),
  list('GET /grants', { permission: 'open' }),
  model('POST /grants', 'ml.grant.manage', {
    body: name => ({
      subject: 'user:default/somebody',
      ...{ model: name, capability: 'read', reason },
      expiresAt: day(MAX_GRANT_DAYS - 1),
    }),
    records: 'grant.create',
  }),
  platform('GET /access/me', 'open'),
  platform('GET /access/roles', 'ml.access.review'),
  platform('GET /access/granted', 'ml.access.review', {
    query: 'subject=user:default/vera',
  }),
  platform('GET /access-review', 'ml.access.review', {
    query: `from=${day(-30)}&to=${day(1)}`,
    records: 'access.review',
  }),
  platform('GET /policy', 'ml.policy.read'),
  platform('GET /policy/history', 'ml.policy.read'),
  platform('GET /policy/versions/:version', 'ml.policy.read', {
    path: { ':version': '0' },
  }),
  platform('GET /policy/versions/:version/diff', 'ml.policy.read', {
    path: { ':version': '0' },
  }),
  platform('POST /policy/previews', 'ml.policy.propose', {
    body: () => ({ changes: { signatures: null } }),
  }),
  platform('POST /policy/proposals', 'ml.policy.propose', {
    body: () => ({ changes: { signatures: null }, reason }),
  }),
  platform('GET /audit', audit),
  platform('GET /audit/status', audit),
  platform('GET /audit/export', audit, {
    query: `since=${day(-1)}&until=${day(1)}&format=ocsf`,
  }),
  platform('GET /audit/events/:id', audit),
  platform('GET /audit/events/:id/proof', audit),
  platform('POST /audit/verifications', audit, { records: 'audit.verify' }),
  platform('GET /audit/entries/:position/proof', audit),
  platform('GET /audit/segments', audit),
  platform('POST /audit/segments/:month/disposal-requests', 'ml.audit.manage', {
    body: () => ({ reason }),
  }),
  platform('POST /audit/segments/:month/disposal', 'ml.audit.manage'),
  platform('GET /audit/holds', audit),
  platform('POST /audit/holds', 'ml.audit.manage', {
    body: () => ({ reason, since: '2020-01', until: '2020-02' }),
    records: 'audit.hold.place',
  }),
  platform('POST /audit/holds/:id/release-requests', 'ml.audit.manage', {
    body: () => ({ reason }),
  }),
  platform('POST /audit/alerts/:id/close', 'ml.audit.manage', {
    body: () => ({ comment: reason }),
  }),
  platform('GET /webhooks', webhooks),
  platform('POST /webhooks', webhooks, {
    body: () => ({ url: 'http://127.0.0.1:9/hook' }),
    records: 'webhook.create',
  }),
  platform('GET /webhooks/:id', webhooks),
  platform('PUT /webhooks/:id/pause', webhooks),
  platform('DELETE /webhooks/:id/pause', webhooks),
  platform('POST /webhooks/:id/test', webhooks),
  platform('DELETE /webhooks/:id', webhooks),
  platform('GET /webhooks/:id/deliveries', webhooks),
  platform('POST /webhooks/:id/deliveries/:delivery/replay', webhooks),
];

/** What needs more than a request to be tried: their own tests do. */
export const GUARDED_ELSEWHERE = [
  // There has to be an account, whose scope is what counts.
  'POST /service-accounts/exchange',
  ...['GET /service-accounts', 'POST /service-accounts'],
  'GET /service-accounts/:team/:name',
  'POST /service-accounts/:team/:name/revoke',
  'POST /service-accounts/:team/:name/tokens',
  'POST /service-accounts/:team/:name/certificates',
  'DELETE /service-accounts/:team/:name/credentials/:id',
  // There has to be an inference server that runs jobs.
  ...['GET /models/:model/batch-jobs', 'POST /models/:model/batch-jobs'],
  ...['GET /batch-jobs/:id', 'GET /batch-jobs/:id/:file'],
  'POST /batch-jobs/:id/cancel',
  // For services that record what happened elsewhere.
  'POST /audit/events',
  // Who sees a grant is who it concerns.
  ...['GET /grants/:id', 'DELETE /grants/:id'],
  // There has to be an evaluation, or it takes a process.
  'GET /evaluations/:id',
  'POST /models/:model/versions/:version/evaluations',
  // There has to be a repository of desired state.
  ...['GET /gitops/status', 'GET /gitops/log'],
  ...['POST /gitops/sync', 'POST /gitops/apply'],
];

const USUAL: Record<string, string> = {
  ':version': VERSION,
  ':alias': 'champion',
  ':environment': 'staging',
  ':dataset': 'file:%2F%2Fwine.csv',
  ':name': 'some-name',
  ':position': '0',
  ':month': '2020-01',
  ':id': 'b0c7f0a8-7b7e-4b0a-8c0e-0d9a2b3c4d5e',
  ':delivery': 'b0c7f0a8-7b7e-4b0a-8c0e-0d9a2b3c4d5f',
};

/** The request for an operation on a model. */
export function toRequest(
  { body, path: given = {}, query, route }: Operation,
  name: string,
  ids: Ids,
): { method: string; path: string; body?: object } {
  const [method, template] = route.split(' ');
  const path = template.replace(/:\w+|\*/g, parameter => {
    const value = given[parameter];
    if (parameter === ':model') return name;
    if (value) return ids[value as keyof Ids] ?? value;
    return USUAL[parameter];
  });
  return {
    method,
    path: query ? `${path}?${query}` : path,
    body: body?.(name),
  };
}
