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
import { createHash } from 'node:crypto';
import type { Contract } from './Contracts';

/** What the catalog takes as a name. */
const NAME_CHARACTERS = 63;
const HASH_CHARACTERS = 8;

/** The entities that stand for a model: itself, the API of its newest version, and that of each version. */
export function toEntities(options: {
  model: Model;
  /** The highest version first. */
  contracts: Contract[];
  appBaseUrl: string;
}): Entity[] {
  const { appBaseUrl, contracts, model } = options;
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
    owner: model.owner,
    ...(model.system && { system: model.system }),
  };
  const lifecycle = production ? 'production' : 'experimental';
  const apiOf = (
    { definition }: Contract,
    { name, what }: { name: string; what: string },
    stage: string,
  ): ApiEntity => ({
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'API',
    metadata: {
      ...metadata,
      name,
      title: `${what} inference`,
      description: `Predictions of ${what}, by the Open Inference Protocol.`,
    },
    spec: { type: 'openapi', lifecycle: stage, ...common, definition },
  });
  const newest = contracts.find(
    ({ version }) => version === model.latestVersion,
  );
  const apis = [
    ...(newest
      ? [apiOf(newest, { name: model.name, what: model.title }, lifecycle)]
      : []),
    ...contracts.map(contract => {
      const { version } = contract;
      const name = nameOf(model.name, version);
      return apiOf(
        contract,
        { name, what: `${model.title} ${version}` },
        lifecycleOf(contract, production),
      );
    }),
  ];
  const entity: ModelEntityV1alpha1 = {
    apiVersion: MODEL_API_VERSION,
    kind: 'Model',
    metadata: { ...metadata, name: model.name, title: model.title },
    spec: {
      type: 'model',
      lifecycle,
      ...common,
      ...(apis.length && {
        providesApis: apis.map(api => `api:default/${api.metadata.name}`),
      }),
      dependsOn: model.dependsOn,
      version: model.latestVersion,
      live: { ...(production && { production }), ...(staging && { staging }) },
    },
  };
  return [entity, ...apis];
}

function lifecycleOf(
  { state, version }: Contract,
  production: string | undefined,
): string {
  if (state === 'deprecated') return 'deprecated';
  return version === production ? 'production' : 'experimental';
}

/** `wine-classifier-1.4.0`; what is too long for the catalog ends with a hash of the whole. */
function nameOf(model: string, version: string): string {
  const name = `${model}-${version.replace(/[^\w.-]/g, '-')}`;
  if (name.length <= NAME_CHARACTERS) return name;
  const hash = createHash('sha256')
    .update(name)
    .digest('hex')
    .slice(0, HASH_CHARACTERS);
  return `${name.slice(0, NAME_CHARACTERS - 1 - HASH_CHARACTERS)}-${hash}`;
}
