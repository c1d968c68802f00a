import { mockServices } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
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
  const getOpenApi = jest.fn(async () => ({ openapi: '3.0.3' }));
  const client = {
    listModels: async ({ cursor }: { cursor?: string }) =>
      cursor
        ? { items: [{ ...wine, name: 'other' }] }
        : { items: [wine], nextCursor: 'next' },
    getModel: async (name: string) => ({ ...wine, name }),
    getOpenApi,
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
    getOpenApi,
  };
}

describe('ModelEntityProvider', () => {
  it('gives a Model and an API entity for each registered model', async () => {
    const { refresh, applyMutation, entitiesOf, getOpenApi } = await connect();
    await refresh();
    expect(applyMutation.mock.calls[0][0].type).toBe('full');
    const entities = entitiesOf(0);
    expect(
      entities.map(({ kind, metadata }) => `${kind}:${metadata.name}`),
    ).toEqual([
      'Model:wine-classifier',
      'API:wine-classifier',
      'Model:other',
      'API:other',
    ]);
    expect(isModelEntity(entities[0])).toBe(true);
    expect(isModelEntity(entities[1])).toBe(false);
    expect(entities[0].spec).toEqual({
      type: 'model',
      lifecycle: 'production',
      owner: 'group:default/quality-team',
      system: 'system:default/ml-examples',
      providesApis: ['api:default/wine-classifier'],
      dependsOn: ['resource:default/wine-data'],
      version: '1.1.0',
      live: { production: '1.0.0' },
    });
    expect(entities[1].spec).toMatchObject({
      type: 'openapi',
      definition: expect.stringContaining('3.0.3'),
    });

    await refresh();
    expect(getOpenApi).toHaveBeenCalledTimes(2);
  });

  it('brings one model up to date when an event tells of it', async () => {
    const { publish, applyMutation, entitiesOf } = await connect();
    await publish('wine-classifier');
    expect(applyMutation.mock.calls[0][0]).toMatchObject({
      type: 'delta',
      removed: [],
    });
    expect(entitiesOf(0)).toHaveLength(2);
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
