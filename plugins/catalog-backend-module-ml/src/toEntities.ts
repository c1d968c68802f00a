import {
  ANNOTATION_LOCATION,
  ANNOTATION_ORIGIN_LOCATION,
  type ApiEntity,
  type Entity,
} from '@backstage/catalog-model';
import {
  ML_MODEL_ANNOTATION,
  MODEL_API_VERSION,
  type Model,
  type ModelEntityV1alpha1,
} from '@ml-platform/plugin-ml-common';

/** The entities that stand for a model: itself, and the API it provides. */
export function toEntities(options: {
  model: Model;
  /** OpenAPI document of the latest version. */
  definition?: string;
  appBaseUrl: string;
}): Entity[] {
  const { appBaseUrl, definition, model } = options;
  const location = `ml:${appBaseUrl}/catalog/default/model/${model.name}`;
  const metadata = {
    annotations: {
      [ANNOTATION_LOCATION]: location,
      [ANNOTATION_ORIGIN_LOCATION]: location,
      [ML_MODEL_ANNOTATION]: model.name,
    },
    description: model.description,
    tags: model.tags,
  };
  const live = (environment: string) =>
    model.deployments.find(entry => entry.environment === environment)?.version;
  const production = live('production');
  const staging = live('staging');
  const common = {
    lifecycle: production ? 'production' : 'experimental',
    owner: model.owner,
    ...(model.system && { system: model.system }),
  };
  const entity: ModelEntityV1alpha1 = {
    apiVersion: MODEL_API_VERSION,
    kind: 'Model',
    metadata: { ...metadata, name: model.name, title: model.title },
    spec: {
      type: 'model',
      ...common,
      ...(definition && { providesApis: [`api:default/${model.name}`] }),
      dependsOn: model.dependsOn,
      version: model.latestVersion,
      live: { ...(production && { production }), ...(staging && { staging }) },
    },
  };
  if (!definition) return [entity];
  const apiEntity: ApiEntity = {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'API',
    metadata: {
      ...metadata,
      name: model.name,
      title: `${model.title} inference`,
      description: `Predictions of ${model.title}, by the Open Inference Protocol.`,
    },
    spec: { type: 'openapi', ...common, definition },
  };
  return [entity, apiEntity];
}
