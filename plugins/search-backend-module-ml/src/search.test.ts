import { Readable } from 'node:stream';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BackstageCredentials,
  type BackstageUserPrincipal,
  coreServices,
  createBackendModule,
  createServiceFactory,
  type PermissionsService,
} from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
  TestDatabases,
} from '@backstage/backend-test-utils';
import {
  AuthorizeResult,
  isPermission,
} from '@backstage/plugin-permission-common';
import { eventsServiceFactory } from '@backstage/plugin-events-node';
import searchBackend from '@backstage/plugin-search-backend';
import { searchIndexRegistryExtensionPoint } from '@backstage/plugin-search-backend-node/alpha';
import { buildPackage, registerPackage } from '@ml-platform/packaging';
import { modelYaml, writePackage } from '@ml-platform/packaging/testUtils';
// The registry as it runs, and not what it might answer.
// eslint-disable-next-line @backstage/no-mixed-plugin-imports
import mlBackend from '@ml-platform/plugin-ml-backend';
import {
  MlClient,
  mlModelReadPermission,
  RESOURCE_TYPE_ML_MODEL,
} from '@ml-platform/plugin-ml-common';
import searchModuleMl from '.';

jest.setTimeout(60_000);

const MIA = 'user:default/mia';
const PAUL = 'user:default/paul';

/** Owners of the models, as the registry has them. */
const owners: Record<string, string> = {};

/**
 * Everybody sees what is theirs: what the permission backend says under such a
 * policy. It does not answer to the tokens of a test.
 */
const ownersOnly: Partial<PermissionsService> = {
  async authorizeConditional(requests, options) {
    const { principal } = (options as { credentials: BackstageCredentials })
      .credentials as BackstageCredentials<BackstageUserPrincipal>;
    return requests.map(({ permission }) =>
      isPermission(permission, mlModelReadPermission) &&
      principal.type === 'user'
        ? {
            result: AuthorizeResult.CONDITIONAL,
            pluginId: 'ml',
            resourceType: RESOURCE_TYPE_ML_MODEL,
            conditions: {
              rule: 'IS_MODEL_OWNER',
              resourceType: RESOURCE_TYPE_ML_MODEL,
              params: { claims: [principal.userEntityRef] },
            },
          }
        : { result: AuthorizeResult.ALLOW },
    );
  },
  async authorize(requests, options) {
    const { principal } = (options as { credentials: BackstageCredentials })
      .credentials as BackstageCredentials<BackstageUserPrincipal>;
    return requests.map(({ permission, resourceRef }) => ({
      result:
        !isPermission(permission, mlModelReadPermission) ||
        owners[resourceRef as string] === principal.userEntityRef
          ? AuthorizeResult.ALLOW
          : AuthorizeResult.DENY,
    }));
  },
};

/** A manual that says the names of models more often than they do themselves. */
const manual = createBackendModule({
  pluginId: 'search',
  moduleId: 'manual',
  register(env) {
    env.registerInit({
      deps: { indexRegistry: searchIndexRegistryExtensionPoint },
      async init({ indexRegistry }) {
        indexRegistry.addCollator({
          schedule: { run: task => Promise.resolve(task.fn(task.signal!)) },
          factory: {
            type: 'techdocs',
            getCollator: async () =>
              Readable.from(
                Array.from({ length: 30 }, (_, page) => ({
                  title: 'grape-sorter grape grape-sorter',
                  text: 'grape-sorter grape '.repeat(5),
                  location: `/docs/${page}`,
                })),
              ),
          },
        });
      },
    });
  },
});

const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });

interface Result {
  type: string;
  rank?: number;
  document: { title: string; location: string; version?: string };
}

describe.each(databases.eachSupportedId())('search, %s', id => {
  let backend: Awaited<ReturnType<typeof startTestBackend>>;
  let artifacts: string;
  let url: string;
  // The backend has to know its address, which a test server gets late.
  let port = 0;
  const front = createServer(socket => {
    const inner = connect(port, 'localhost');
    for (const end of [socket, inner]) end.on('error', () => {});
    socket.pipe(inner).pipe(socket);
  });

  beforeAll(async () => {
    artifacts = await mkdtemp(join(tmpdir(), 'ml-search-'));
    await new Promise<void>(resolve => {
      front.listen(0, 'localhost', resolve);
    });
    url = `http://localhost:${(front.address() as AddressInfo).port}`;
    const knex = await databases.init(id);
    backend = await startTestBackend({
      features: [
        searchBackend,
        mlBackend,
        searchModuleMl,
        manual,
        createServiceFactory({
          service: coreServices.database,
          deps: {},
          factory: () => mockServices.database({ knex }),
        }),
        eventsServiceFactory,
        mockServices.permissions.mock(ownersOnly as object).factory,
        mockServices.scheduler.factory({ includeManualTasksOnStartup: true }),
        mockServices.rootConfig.factory({
          data: {
            app: { baseUrl: 'http://localhost:3000' },
            backend: { baseUrl: url },
            permission: { enabled: true },
            ml: {
              artifacts: { embedded: { directory: artifacts } },
              // Nothing is deployed here, so nobody listens there.
              serving: {
                embedded: {
                  control: { url: 'http://127.0.0.1:9', token: 'token' },
                  gateways: {
                    production: 'http://127.0.0.1:9',
                    staging: 'http://127.0.0.1:9',
                  },
                },
              },
              webhooks: { encryptionKey: 'a key for tests' },
            },
          },
        }),
      ],
    });
    port = (backend.server.address() as AddressInfo).port;
  });
  afterAll(async () => {
    await backend.stop();
    front.close();
    await rm(artifacts, { recursive: true, force: true });
  });

  const as = (user: string) =>
    new MlClient({
      baseUrl: async () => `${url}/api/ml`,
      fetch: (input, init) =>
        fetch(input, {
          ...init,
          headers: {
            ...(init?.headers as Record<string, string>),
            authorization: mockCredentials.user.header(user),
          },
        }),
    });
  const create = async (name: string, description: string, owner: string) => {
    owners[name] = owner;
    await as(owner).createModel({ name, description, owner });
  };
  const ask = async (
    user: string,
    term: string,
    more = '',
  ): Promise<{ results: Result[]; nextPageCursor?: string }> => {
    const response = await fetch(
      `${url}/api/search/query?${new URLSearchParams({ term })}${more}`,
      { headers: { authorization: mockCredentials.user.header(user) } },
    );
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  };
  const search = async (user: string, term: string, more?: string) =>
    (await ask(user, term, more)).results;
  const eventually = async (look: () => Promise<void>) => {
    const deadline = Date.now() + 20_000;
    for (;;) {
      try {
        return await look();
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await new Promise(resolve => setTimeout(resolve, 100));
      }
    }
  };
  const located = (results: Result[]) =>
    results.map(({ type, document }) => `${type} ${document.location}`).sort();

  it('finds models and cards as soon as they are registered, for who may see them', async () => {
    await create(
      'churn-predictor',
      'Tells which customers think of leaving.',
      MIA,
    );
    await create('secret-forecast', 'Tells what customers will buy.', PAUL);
    await eventually(async () => {
      expect(located(await search(MIA, 'customers'))).toEqual([
        'ml-model /catalog/default/model/churn-predictor',
      ]);
      expect(located(await search(PAUL, 'customers'))).toEqual([
        'ml-model /catalog/default/model/secret-forecast',
      ]);
    });
  });

  it('finds a version by what its card says', async () => {
    const directory = await writePackage(join(artifacts, 'package'), {
      'model.yaml': modelYaml('owner: group:default/team', `owner: ${MIA}`),
    });
    const built = await buildPackage(directory);
    owners[built.model.name] = MIA;
    await registerPackage({
      portal: { url, token: mockCredentials.user.token(MIA) },
      built,
      env: { XDG_CACHE_HOME: artifacts },
      reporter: {
        info: () => {},
        done: () => {},
        progress: () => ({ set: () => {}, say: () => {}, stop: () => {} }),
      },
    });
    await eventually(async () => {
      const results = await search(MIA, 'nothing');
      expect(located(results)).toContain(
        'ml-version /catalog/default/model/example/versions?version=1.0.0',
      );
    });
    expect(await search(PAUL, 'nothing')).toEqual([]);
  });

  it('has the model first for who types its name or how it begins', async () => {
    await create('grape-sorter', 'Tells one berry from another.', MIA);
    await create('grape-sorter-next', 'Tells more berries.', MIA);
    await create('secret-grape-sorter', 'Is not hers.', PAUL);
    const titles = async (user: string, term: string, more = '') =>
      (await search(user, term, more)).map(
        ({ document, type }) => `${type} ${document.location}`,
      );
    const sorter = 'ml-model /catalog/default/model/grape-sorter';
    await eventually(async () => {
      expect((await titles(MIA, 'grape-sorter')).slice(0, 3)).toEqual([
        sorter,
        `${sorter}-next`,
        expect.stringContaining('techdocs'),
      ]);
    });
    expect((await titles(MIA, 'Grape sor'))[0]).toBe(sorter);
    expect((await titles(MIA, 'grape-sorter-n'))[0]).toBe(`${sorter}-next`);
    const ranks = (await search(MIA, 'grape')).map(({ rank }) => rank);
    expect(ranks).toEqual(ranks.map((_, index) => index + 1));
    // Elsewhere it stands where the engine puts it, and nobody sees more.
    expect((await titles(MIA, 'berry'))[0]).toBe(sorter);
    expect(await titles(PAUL, 'grape-sorter')).not.toContain(sorter);
    expect(await titles(MIA, 'grape', '&types[0]=techdocs')).not.toContain(
      sorter,
    );
  });

  it('shows a model once among all pages', async () => {
    const all: string[] = [];
    let cursor = '';
    do {
      const page = await ask(MIA, 'grape-sorter', `&pageLimit=10${cursor}`);
      all.push(...page.results.map(({ document }) => document.location));
      cursor = page.nextPageCursor
        ? `&pageCursor=${encodeURIComponent(page.nextPageCursor)}`
        : '';
    } while (cursor);
    expect(all.length).toBeGreaterThan(30);
    expect(new Set(all).size).toBe(all.length);
  });
});
