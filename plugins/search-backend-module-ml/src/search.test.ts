import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  BackstageCredentials,
  BackstageUserPrincipal,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import {
  AuthorizeResult,
  isPermission,
} from '@backstage/plugin-permission-common';
import { eventsServiceFactory } from '@backstage/plugin-events-node';
import searchBackend from '@backstage/plugin-search-backend';
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

interface Result {
  type: string;
  document: { title: string; location: string; version?: string };
}

describe('search', () => {
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
    backend = await startTestBackend({
      features: [
        searchBackend,
        mlBackend,
        searchModuleMl,
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
  const search = async (user: string, term: string): Promise<Result[]> => {
    const response = await fetch(
      `${url}/api/search/query?${new URLSearchParams({ term })}`,
      { headers: { authorization: mockCredentials.user.header(user) } },
    );
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()).results;
  };
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
});
