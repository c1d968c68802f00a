import { randomUUID } from 'node:crypto';
import { mockCredentials } from '@backstage/backend-test-utils';
import { testDatabases } from '../__testUtils__/databases';
import type { Ids, Operation } from '../__testUtils__/operations';
import {
  addModels,
  CASES,
  expected,
  modelFor,
  PEOPLE,
  refusalIn,
  SCOPES,
} from '../__testUtils__/roleMatrix';
import type { TestPlatform } from '../__testUtils__/startPlatform';
import { startWithRoles } from '../__testUtils__/startWithRoles';

jest.setTimeout(120_000);

type Guard = Pick<Operation, 'about' | 'hidden' | 'permission'> & {
  input: (model: string, ids: Ids) => object;
};
const VERSION = { version: '1.0.0' };
const STAGING = { environment: 'staging' };
const releaseOf = () => ({ idempotencyKey: randomUUID() });
const guard = (
  permission: string,
  input: Guard['input'],
  rest: Partial<Guard> = {},
): Guard => ({ about: 'model', permission, input, ...rest });

/** What each action of the registry asks for; one that is not here fails a test. */
const ACTIONS: Record<string, Guard> = {
  'list-models': guard('ml.model.read', () => ({}), { about: 'list' }),
  'search-versions': guard('ml.model.read', () => ({}), { about: 'list' }),
  'get-model': guard('ml.model.read', model => ({ model })),
  'get-version': guard('ml.model.read', model => ({ model, ...VERSION })),
  'get-release': guard('ml.model.read', (_, { release }) => ({ id: release })),
  'create-model': guard(
    'ml.model.create',
    () => ({
      model: 'a-new-one',
      description: 'A model that is to come',
      owner: 'group:default/quality-team',
    }),
    { about: 'platform' },
  ),
  'register-version': guard(
    'ml.version.register',
    model => ({
      ...{ model, version: '9.9.9' },
      digest: `sha256:${'0'.repeat(64)}`,
    }),
    { hidden: 'taken' },
  ),
  'publish-version': guard('ml.version.manage', model => ({
    ...{ model, ...VERSION },
  })),
  'evaluate-version': guard('ml.version.register', model => ({
    ...{ model, ...VERSION },
  })),
  'deploy-version': guard('ml.release.staging', model => ({
    ...{ model, ...VERSION, ...STAGING, ...releaseOf() },
  })),
  'promote-version': guard('ml.release.production', model => ({
    ...{ model, ...VERSION, ...releaseOf() },
  })),
  'run-batch-job': guard('ml.prediction.try', model => ({
    // Whoever may is told that this is no number.
    ...{ model, ...STAGING, rows: '{"x": 1}', maxRejected: 'few' },
  })),
  // Of a job that is not there; whose job it is decides, and not a role alone.
  'get-batch-job': guard('open', () => ({ id: 'none' }), {
    about: 'platform',
  }),
  'roll-back': guard('ml.release.rollback', model => ({
    ...{ model, ...STAGING, ...releaseOf() },
  })),
};

describe('roles, through the actions registry', () => {
  const databases = testDatabases();
  let platform: TestPlatform;
  let ids: Map<string, Ids>;

  beforeAll(async () => {
    platform = await startWithRoles({
      knex: await databases.init('SQLITE_3'),
    });
    ids = await addModels(platform);
  });
  afterAll(() => platform?.stop());

  async function ask(user: string, path: string, input?: object) {
    const response = await fetch(
      `${platform.url}/api/ml/.backstage/actions/v1/actions${path}`,
      {
        method: input ? 'POST' : 'GET',
        headers: {
          authorization: mockCredentials.user.header(`user:default/${user}`),
          'content-type': 'application/json',
        },
        body: input && JSON.stringify(input),
      },
    );
    const text = await response.text();
    return { status: response.status, text };
  }

  it('knows every action', async () => {
    const { text } = await ask('mei', '');
    expect(
      JSON.parse(text)
        .actions.map(({ id }: { id: string }) => id)
        .sort(),
    ).toEqual(
      Object.keys(ACTIONS)
        .map(name => `ml:${name}`)
        .sort(),
    );
  });

  describe.each(CASES)('%s', who => {
    it.each(
      Object.entries(ACTIONS).flatMap(([name, action]) =>
        (action.about === 'model' ? SCOPES : (['own'] as const)).map(
          scope => [name, scope, expected(action, who, scope), action] as const,
        ),
      ),
    )('%s, %s: %s', async (name, scope, outcome, { about, input }) => {
      const model = modelFor(who, scope);
      const { status, text } = await ask(
        PEOPLE[who].user,
        `/ml:${name}/invoke`,
        input(model, ids.get(model)!),
      );
      // An input that the action does not take would prove nothing.
      expect(text).not.toContain('Invalid input to action');
      const isRefused = status === 401 || status === 403;
      expect([
        refusalIn(text) ?? (isRefused ? 'unknown' : 'allowed'),
        text,
      ]).toEqual([outcome, text]);
      const showsAll = about === 'model' || who === 'platform-admin';
      expect(!showsAll && text.includes('of-others')).toBe(false);
    });
  });
});
