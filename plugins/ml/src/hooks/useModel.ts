import {
  ENVIRONMENTS,
  type Environment,
  type Model,
  type Release,
} from '@ml-platform/plugin-ml-common';
import { type Query, useMlQuery } from './useMlQuery';

/** A model, and how the newest release to each environment went. */
export interface ModelState {
  model: Model;
  newest: Partial<Record<Environment, Release>>;
}

/** A model with its deployments, kept fresh. */
export function useModel(name: string): Query<ModelState> {
  return useMlQuery<ModelState>({
    key: `model:${name}`,
    load: async api => {
      const [model, ...newest] = await Promise.all([
        api.getModel(name),
        ...ENVIRONMENTS.map(environment =>
          api.listReleases(name, { environment, limit: 1 }),
        ),
      ]);
      return {
        model,
        newest: Object.fromEntries(
          newest.flatMap(({ items }) =>
            items.map(release => [release.environment, release]),
          ),
        ),
      };
    },
    concerns: signal => signal.model === name,
    underWay: ({ model }) =>
      model.deployments.some(
        ({ activeRelease, health }) => activeRelease || health === 'starting',
      ),
  });
}
