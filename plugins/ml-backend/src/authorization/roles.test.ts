import { mockCredentials } from '@backstage/backend-test-utils';
import {
  includesCapability,
  MlClient,
  reachOf,
  type Role,
  ROLES,
} from '@ml-platform/plugin-ml-common';
import { testDatabases } from '../__testUtils__/databases';
import {
  type Ids,
  type Operation,
  OPERATIONS,
  toRequest,
} from '../__testUtils__/operations';
import { examplePackage, pushPackage } from '../__testUtils__/packages';
import { startWithRoles } from '../__testUtils__/startWithRoles';
import type { TestPlatform } from '../__testUtils__/startPlatform';

jest.setTimeout(240_000);

const databases = testDatabases();

/** Somebody in each role, and the team of theirs. */
const PEOPLE: Record<Role | 'none', { user: string; team: string }> = {
  'ml-viewer': { user: 'vera', team: 'apps' },
  'ml-engineer': { user: 'mei', team: 'quality' },
  'platform-admin': { user: 'olga', team: 'platform' },
  'data-access-auditor': { user: 'sam', team: 'security' },
  none: { user: 'nobody', team: 'unknown' },
};
const CASES = [...ROLES, 'none'] as const;
type Case = (typeof CASES)[number];

const SCOPES = ['own', 'other', 'read', 'operate'] as const;
type Scope = (typeof SCOPES)[number];

const UNKNOWN_IDS: Ids = {
  release: '00000000-0000-4000-8000-000000000000',
  approval: '00000000-0000-4000-8000-000000000000',
  grant: '00000000-0000-4000-8000-000000000000',
};

interface Answer {
  status: number;
  text: string;
  message?: string;
}

/** `blind`: told that no role of theirs shows models. */
type Outcome = 'allowed' | 'denied' | 'hidden' | 'blind' | 'taken';

/** What an answer comes down to. */
function outcomeOf({ message = '', status }: Answer): Outcome | 'unknown' {
  if (status === 401) return 'unknown';
  if (status === 403) {
    if (message.includes('no role that shows models')) return 'blind';
    return message.includes('lacks the permission') ? 'denied' : 'unknown';
  }
  if (/There is no (model|release|approval)/.test(message)) return 'hidden';
  return message.includes("taken by another team's model")
    ? 'taken'
    : 'allowed';
}

/** What the role table says must come of it. */
function expected(
  { about, blind, hidden, permission }: Operation,
  who: Case,
  scope: Scope,
): Outcome {
  if (permission === 'open') return 'allowed';
  const roles = who === 'none' ? [] : [who];
  const reaches = (name: string) => {
    const { capability, reach } = reachOf(name, roles)!;
    if (reach === 'all') return true;
    if (reach === 'none' || about === 'platform') return false;
    if (scope === 'own') return true;
    return (
      reach === 'granted' &&
      scope !== 'other' &&
      includesCapability(scope, capability)
    );
  };
  if (about === 'platform') return reaches(permission) ? 'allowed' : 'denied';
  const sees = reachOf('ml.model.read', roles)!.reach !== 'none';
  if (about === 'list') return sees ? 'allowed' : 'blind';
  if (hidden && !reaches('ml.model.read')) {
    return reaches('ml.model.create') ? 'taken' : 'denied';
  }
  if (!sees) return blind ?? 'blind';
  if (!reaches('ml.model.read')) return 'hidden';
  return reaches(permission) ? 'allowed' : 'denied';
}

describe.each(databases.ids)('roles on %s', databaseId => {
  let platform: TestPlatform;
  const ids = new Map<string, Ids>();

  const ask = async (
    user: string,
    request: { method: string; path: string; body?: object },
    requestId = 'a-test',
  ): Promise<Answer> => {
    const response = await fetch(
      `${platform.url}${request.path.startsWith('/v2/') ? '' : '/api/ml/v1'}${
        request.path
      }`,
      {
        method: request.method,
        headers: {
          authorization: mockCredentials.user.header(`user:default/${user}`),
          'x-request-id': requestId,
          ...(request.body && { 'content-type': 'application/json' }),
        },
        body: request.body && JSON.stringify(request.body),
      },
    );
    const text = await response.text();
    const message = response.ok ? undefined : JSON.parse(text).error?.message;
    return { status: response.status, text, message };
  };
  const service = () =>
    new MlClient({
      baseUrl: async () => `${platform.url}/api/ml`,
      fetch: (input, init) => {
        const headers = new Headers(init?.headers);
        headers.set('authorization', mockCredentials.service.header());
        return fetch(input, { ...init, headers });
      },
    });

  const nameOf = (who: Case, scope: Scope) =>
    scope === 'own'
      ? `of-${PEOPLE[who].team}`
      : { other: 'of-others', read: 'to-read', operate: 'to-operate' }[scope];

  async function addModel(name: string, team: string): Promise<void> {
    const files = examplePackage('wine-classifier', {
      'model.yaml': [
        [/^name: .*$/m, `name: ${name}`],
        [/^owner: .*$/m, `owner: group:default/${team}-team`],
      ],
    });
    const digest = await pushPackage({
      url: platform.url,
      token: mockCredentials.service.token(),
      model: name,
      files,
    });
    const client = service();
    await client.registerVersion(name, { version: '1.0.0', digest });
    const release = await client.createRelease(name, {
      environment: 'staging',
      version: '1.0.0',
    });
    await platform.finished(release, client);
    const approval = await client.limits.request(name, {
      maxBytes: 2 ** 40,
      expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
      reason: 'a test',
    });
    ids.set(name, { release: release.id, approval: approval.id, grant: '' });
  }

  beforeAll(async () => {
    platform = await startWithRoles({
      knex: await databases.init(databaseId),
    });
    for (const { team } of Object.values(PEOPLE)) {
      await addModel(`of-${team}`, team);
    }
    for (const name of ['of-others', 'to-read', 'to-operate']) {
      await addModel(name, 'health');
    }
    for (const capability of ['read', 'operate'] as const) {
      for (const { team } of Object.values(PEOPLE)) {
        await platform.as('user:default/hana').access.createGrant({
          subject: `group:default/${team}-team`,
          model: `to-${capability}`,
          capability,
          reason: 'they work on it with us',
          expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
        });
      }
    }
  });
  afterAll(() => platform?.stop());

  describe.each(CASES)('%s', who => {
    const { user } = PEOPLE[who];
    const readsModel = OPERATIONS.find(
      ({ route }) => route === 'GET /models/:model',
    )!;
    /** Names of the models that must not appear in a list. */
    const hidden = () => {
      if (who === 'platform-admin') return [];
      const seen = SCOPES.filter(
        scope => expected(readsModel, who, scope) === 'allowed',
      ).map(scope => nameOf(who, scope));
      return [...ids.keys()].filter(name => !seen.includes(name));
    };

    // What differs by database is how lists and models are looked up.
    const operations = OPERATIONS.filter(
      ({ about, route }) =>
        databaseId === 'SQLITE_3' ||
        about === 'list' ||
        /^(GET|DELETE) \/models\/:model$|releases$/.test(route),
    );

    it.each(
      operations.flatMap(operation =>
        (operation.about === 'model' ? SCOPES : (['own'] as const)).map(
          scope =>
            [
              operation.route,
              scope,
              expected(operation, who, scope),
              operation,
            ] as const,
        ),
      ),
    )('%s, %s: %s', async (_route, scope, outcome, operation) => {
      const name = nameOf(who, scope);
      const request = toRequest(operation, name, ids.get(name)!);
      const requestId = `${who}-${scope}-${OPERATIONS.indexOf(operation)}`;
      const answer = await ask(user, request, requestId);
      expect([outcomeOf(answer), answer.message]).toEqual([
        outcome,
        answer.message,
      ]);
      const leaked =
        operation.about === 'list' && operation.route !== 'GET /grants'
          ? hidden().filter(other => answer.text.includes(other))
          : [];
      expect(leaked).toEqual([]);
      const [like, likeName] =
        outcome === 'hidden'
          ? [
              await ask(
                user,
                toRequest(operation, 'no-such-model', UNKNOWN_IDS),
              ),
              'no-such-model',
            ]
          : [answer, name];
      expect(withoutNames(answer, name)).toEqual(withoutNames(like, likeName));
      expect(await isRecorded(outcome, user, requestId)).toBe(true);
    });
  });

  /** A denial has an event of its own, under the id of the request. */
  async function isRecorded(
    outcome: Outcome,
    user: string,
    requestId: string,
  ): Promise<boolean> {
    if (outcome !== 'denied' && outcome !== 'blind') return true;
    const { items } = await service().audit.list({
      actor: `user:default/${user}`,
      outcome: 'denied',
      limit: 1,
    });
    return items[0]?.requestId === requestId;
  }

  function withoutNames({ message, status }: Answer, name: string) {
    return { status, message: message && anonymous(message, name) };
  }

  /** Names and ids of what was asked for, which an answer may repeat. */
  function anonymous(message: string, name: string): string {
    const known = [...Object.values(ids.get(name) ?? UNKNOWN_IDS), name];
    return known
      .filter(Boolean)
      .reduce((text, value) => text.replaceAll(value, '…'), message);
  }
});
