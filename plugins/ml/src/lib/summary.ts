import type {
  Deployment,
  Environment,
  Model,
} from '@ml-platform/plugin-ml-common';

/** The numbers above the table of models. */
export interface Summary {
  liveInProduction: number;
  underWay: number;
  /** Live versions that do not work, and deployments whose newest release failed. */
  failed: number;
}

/** Counts deployments by what matters to a reader in a hurry. */
export function summarise(deployments: Deployment[]): Summary {
  return {
    liveInProduction: deployments.filter(
      ({ environment, version }) =>
        environment === 'production' && version !== undefined,
    ).length,
    underWay: deployments.filter(({ activeRelease }) => activeRelease).length,
    failed: deployments.filter(
      ({ version, health, lastFailure }) =>
        lastFailure !== undefined ||
        (version !== undefined && health === 'failed'),
    ).length,
  };
}

/** The deployment of a model to one environment, if there ever was one. */
export function deploymentTo(
  model: Pick<Model, 'deployments'>,
  environment: Environment,
): Deployment | undefined {
  return model.deployments.find(
    deployment => deployment.environment === environment,
  );
}
