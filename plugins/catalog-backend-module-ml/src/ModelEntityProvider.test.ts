import { mockServices } from '@backstage/backend-test-utils';
import {
  type Entity,
  KubernetesValidatorFunctions,
} from '@backstage/catalog-model';
import {
  compileCatalogModel,
  defaultCatalogEntityModel,
} from '@backstage/catalog-model/alpha';
import type { EntityProviderConnection } from '@backstage/plugin-catalog-node';
import type { EventParams, EventsService } from '@backstage/plugin-events-node';
import {
  isModelEntity,
  type MlClient,
  type Model,
} from '@ml-platform/plugin-ml-common';
import { modelEntityModel } from '@ml-platform/plugin-ml-common/alpha';
import { ModelEntityProvider } from './ModelEntityProvider';
import { toEntities } from './toEntities';

const wine: Model = {
  name: 'wine-classifier',
  title: 'Wine classifier',
  description: 'Tells wines apart',
  owner: 'group:default/quality-team',
  system: 'system:default/ml-examples',
  dependsOn: ['resource:default/wine-data'],
  tags: ['tabular'],
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: 'user:default/mia',
  updatedAt: '2026-01-01T00:00:00.000Z',
  latestVersion: '1.1.0',
  versionCount: 2,
  deployments: [
    {
      model: 'wine-classifier',
      environment: 'production',
      version: '1.0.0',
      health: 'healthy',
      endpoint: 'http://localhost:7008/v2/models/wine-classifier',
    },
  ],
};

/** A provider with two models in two pages, connected; and what it does. */
async function connect() {
  const getOpenApi = jest.fn(async (_: string, version: string) => ({
    openapi: '3.0.3',
    info: { version },
  }));
  let deprecated = false;
  // The newest ones; 1.0.0 is older than these.
  const listVersions = jest.fn(async () => ({
    items: [
      { version: '1.1.0', state: 'registered' },
      { version: '1.0.1', state: deprecated ? 'deprecated' : 'registered' },
    ],
    nextCursor: 'older',
  }));
  const client = {
    listModels: async ({ cursor }: { cursor?: string }) =>
      cursor
        ? { items: [{ ...wine, name: 'other' }] }
        : { items: [wine], nextCursor: 'next' },
    getModel: async (name: string) => ({ ...wine, name }),
    getOpenApi,
    getVersion: async (_: string, version: string) => ({
      version,
      state: 'registered',
    }),
    listVersions,
  } as unknown as MlClient;
  let refresh = async () => {};
  let publish: (params: EventParams) => Promise<void> = async () => {};
  const applyMutation = jest.fn();
  const provider = new ModelEntityProvider({
    client,
    logger: mockServices.logger.mock(),
    events: {
      subscribe: async options => {
        publish = options.onEvent;
      },
    } as EventsService,
    taskRunner: {
      run: async task => {
        refresh = async () => {
          await task.fn(new AbortController().signal);
        };
      },
    },
    appBaseUrl: 'http://localhost:7007',
  });
  await provider.connect({
    applyMutation,
  } as unknown as EntityProviderConnection);
  const entitiesOf = (call: number): Entity[] =>
    (
      applyMutation.mock.calls[call][0].entities ??
      applyMutation.mock.calls[call][0].added
    ).map((deferred: { entity: Entity }) => deferred.entity);
  return {
    refresh: () => refresh(),
    publish: (model: string) =>
      publish({ topic: 'ml.models', eventPayload: { model } }),
    applyMutation,
    entitiesOf,
    listVersions,
    deprecate: () => {
      deprecated = true;
    },
  };
}

describe('ModelEntityProvider', () => {
  it('gives a Model entity for each model, and API entities of its newest version and of each', async () => {
    const { refresh, applyMutation, entitiesOf, listVersions } =
      await connect();
    await refresh();
    expect(applyMutation.mock.calls[0][0].type).toBe('full');
    const entities = entitiesOf(0);
    expect(
      entities.map(({ kind, metadata }) => `${kind}:${metadata.name}`),
    ).toEqual(
      ['wine-classifier', 'other'].flatMap(name => [
        `Model:${name}`,
        `API:${name}`,
        `API:${name}-1.1.0`,
        `API:${name}-1.0.1`,
        // Live, though it is not among the newest.
        `API:${name}-1.0.0`,
      ]),
    );
    expect(isModelEntity(entities[0])).toBe(true);
    expect(isModelEntity(entities[1])).toBe(false);
    expect(entities[0].spec).toEqual({
      type: 'model',
      lifecycle: 'production',
      owner: 'group:default/quality-team',
      system: 'system:default/ml-examples',
      providesApis: ['', '-1.1.0', '-1.0.1', '-1.0.0'].map(
        ending => `api:default/wine-classifier${ending}`,
      ),
      dependsOn: ['resource:default/wine-data'],
      version: '1.1.0',
      live: { production: '1.0.0' },
    });
    expect(
      entities.slice(1, 5).map(({ metadata, spec }) => {
        const { info } = JSON.parse(String(spec!.definition));
        return [metadata.title, spec!.lifecycle, info.version];
      }),
    ).toEqual([
      ['Wine classifier inference', 'production', '1.1.0'],
      ['Wine classifier 1.1.0 inference', 'experimental', '1.1.0'],
      ['Wine classifier 1.0.1 inference', 'experimental', '1.0.1'],
      ['Wine classifier 1.0.0 inference', 'production', '1.0.0'],
    ]);

    await refresh();
    expect(listVersions).toHaveBeenCalledTimes(2);
  });

  it('brings one model up to date when an event tells of it', async () => {
    const { refresh, publish, applyMutation, deprecate, entitiesOf } =
      await connect();
    await refresh();
    deprecate();
    await publish('wine-classifier');
    expect(applyMutation.mock.calls[1][0]).toMatchObject({
      type: 'delta',
      removed: [],
    });
    const entities = entitiesOf(1);
    expect(entities).toHaveLength(5);
    expect(entities[3].spec!.lifecycle).toBe('deprecated');
  });

  it('gives every version a name that the catalog takes', async () => {
    const name = 'a'.repeat(60);
    const contract = { state: 'registered', definition: '{}' } as const;
    const entities = toEntities({
      model: { ...wine, name },
      contracts: ['1.1.0', '1.0.0', '1.0.0-rc.1+build.5'].map(version => ({
        ...contract,
        version,
      })),
      appBaseUrl: 'http://localhost:7007',
    });
    const names = entities.slice(2).map(({ metadata }) => metadata.name);
    expect(new Set(names).size).toBe(3);
    for (const each of names) {
      expect(KubernetesValidatorFunctions.isValidObjectName(each)).toBe(true);
    }
  });

  it('gives entities that the kind admits, with relations in both directions', () => {
    const model = compileCatalogModel([
      defaultCatalogEntityModel,
      modelEntityModel,
    ]);
    const kind = model.getKind({
      kind: 'Model',
      apiVersion: 'ml.internal/v1alpha1',
    });
    expect(kind?.relationFields.map(({ relation }) => relation)).toEqual([
      'ownedBy',
      'partOf',
      'providesApi',
      'dependsOn',
    ]);
    const pairs = model
      .listRelations()
      .filter(({ fromKind }) => [fromKind].flat().includes('Model'))
      .map(({ forward, reverse }) => `${forward.type}/${reverse.type}`);
    expect(pairs).toEqual(
      expect.arrayContaining([
        'ownedBy/ownerOf',
        'partOf/hasPart',
        'providesApi/apiProvidedBy',
        'dependsOn/dependencyOf',
      ]),
    );
  });
});
