import { createCatalogModelLayer } from '@backstage/catalog-model/alpha';
import { MODEL_API_GROUP } from './ModelEntityV1alpha1';

const optionalStrings = { type: 'array', items: { type: 'string' } } as const;

/**
 * Declares the `Model` kind and its relations to the catalog.
 * @alpha
 */
export const modelEntityModel = createCatalogModelLayer({
  layerId: `${MODEL_API_GROUP}/kind-model`,
  builder: model => {
    model.addKind({
      group: MODEL_API_GROUP,
      names: { kind: 'Model', singular: 'model', plural: 'models' },
      description:
        'A machine-learning model: what a team owns, registers versions of and releases.',
      versions: [
        {
          name: 'v1alpha1',
          relationFields: [
            {
              selector: { path: 'spec.owner' },
              relation: 'ownedBy',
              defaultKind: 'Group',
              defaultNamespace: 'inherit',
              allowedKinds: ['Group', 'User'],
            },
            {
              selector: { path: 'spec.system' },
              relation: 'partOf',
              defaultKind: 'System',
              defaultNamespace: 'inherit',
              allowedKinds: ['System'],
            },
            {
              selector: { path: 'spec.providesApis' },
              relation: 'providesApi',
              defaultKind: 'API',
              defaultNamespace: 'inherit',
              allowedKinds: ['API'],
            },
            {
              selector: { path: 'spec.dependsOn' },
              relation: 'dependsOn',
              defaultNamespace: 'inherit',
              allowedKinds: ['Component', 'Resource', 'Model', 'API'],
            },
          ],
          schema: {
            jsonSchema: {
              type: 'object',
              required: ['spec'],
              properties: {
                spec: {
                  type: 'object',
                  required: ['type', 'lifecycle', 'owner'],
                  properties: {
                    type: { type: 'string', minLength: 1 },
                    lifecycle: { type: 'string', minLength: 1 },
                    owner: { type: 'string', minLength: 1 },
                    system: { type: 'string', minLength: 1 },
                    providesApis: optionalStrings,
                    dependsOn: optionalStrings,
                    version: { type: 'string' },
                    live: {
                      type: 'object',
                      properties: {
                        staging: { type: 'string' },
                        production: { type: 'string' },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      ],
    });
    model.updateRelationPair({
      fromKind: 'Model',
      toKind: ['Group', 'User'],
      forward: { type: 'ownedBy' },
      reverse: { type: 'ownerOf' },
    });
    model.updateRelationPair({
      fromKind: 'Model',
      toKind: 'System',
      forward: { type: 'partOf' },
      reverse: { type: 'hasPart' },
    });
    model.updateRelationPair({
      fromKind: 'Model',
      toKind: 'API',
      forward: { type: 'providesApi' },
      reverse: { type: 'apiProvidedBy' },
    });
    model.updateRelationPair({
      fromKind: 'Model',
      toKind: ['Component', 'Resource', 'Model', 'API'],
      forward: { type: 'dependsOn' },
      reverse: { type: 'dependencyOf' },
    });
  },
});
