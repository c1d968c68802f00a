import { mockCredentials } from '@backstage/backend-test-utils';
import { testDatabases } from '../__testUtils__/databases';
import { type Ids, OPERATIONS, toRequest } from '../__testUtils__/operations';
import {
  addModels,
  CASES,
  expected,
  modelFor,
  type Outcome,
  PEOPLE,
  refusalIn,
  SCOPES,
  serviceClient,
} from '../__testUtils__/roleMatrix';
import type { TestPlatform } from '../__testUtils__/startPlatform';
import { startWithRoles } from '../__testUtils__/startWithRoles';

jest.setTimeout(240_000);

const databases = testDatabases();

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

/** What an answer comes down to. */
function outcomeOf({ message = '', status }: Answer): Outcome | 'unknown' {
  if (status === 401) return 'unknown';
  return refusalIn(message) ?? (status === 403 ? 'unknown' : 'allowed');
}

describe.each(databases.ids)('roles on %s', databaseId => {
  let platform: TestPlatform;
  let ids: Map<string, Ids>;

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

  beforeAll(async () => {
    platform = await startWithRoles({
      knex: await databases.init(databaseId),
    });
    ids = await addModels(platform);
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
      ).map(scope => modelFor(who, scope));
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
      const name = modelFor(who, scope);
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
    const { items } = await serviceClient(platform).audit.list({
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
