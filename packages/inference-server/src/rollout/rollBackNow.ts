import { ConflictError } from '@backstage/errors';
import {
  apiVersionOf,
  type EmergencyAnswer,
  type EmergencyRequest,
  type EmergencyRollback,
  type Routes,
} from '@ml-platform/plugin-ml-common';
import type { Logger } from '../log/Logger';
import { checkVersionReady } from '../serving/checkRoutes';
import type { ServedModel } from '../serving/ServedModel';
import type { StateStore } from '../state/StateStore';
import { abortRollout, supersede } from './Rollouts';

/**
 * Goes back to the last good version, asked directly and not through the
 * control plane. A rollout under way is aborted, an experiment ended; else the
 * routes move to the version before, under a generation of their own, and the
 * control plane finds out by `emergency` and makes it its own.
 *
 * @returns what was done; the same again for a request that is sent again
 */
export async function rollBackNow(options: {
  model: ServedModel;
  request: EmergencyRequest;
  store: Pick<StateStore, 'save'>;
  logger: Logger;
}): Promise<EmergencyAnswer> {
  const { logger, model, request, store } = options;
  const { emergency, experiment, rollout } = model;
  if (emergency?.id === request.id) {
    return { from: emergency.from, to: emergency.to };
  }
  if (rollout && !rollout.over && !request.version) {
    await abortRollout({ model, rollout, store, cause: request.cause });
    const { canary, id, stable } = rollout.kept.plan;
    logger.warn(`Rollout aborted: ${request.cause}`, { ...model.key, id });
    return { from: canary, to: stable, rollout: id };
  }
  const { from, routes } = planRoutes(model, request.version);
  const to = routes.split[0].version;
  const done: EmergencyRollback = {
    id: request.id,
    at: new Date().toISOString(),
    from,
    to,
    cause: request.cause,
    generation: routes.generation,
    ...(experiment && { experiment: experiment.spec.id }),
  };
  const superseded = supersede(rollout, routes.generation);
  await store.save({
    ...model.toState(),
    routes,
    rollout: superseded,
    experiment: undefined,
    emergency: done,
  });
  if (rollout && superseded) {
    rollout.kept = superseded;
    rollout.stop();
  }
  model.routes = routes;
  model.experiment = undefined;
  model.emergency = done;
  logger.warn(`Rolled back from ${from} to ${to}: ${request.cause}`, {
    ...model.key,
  });
  return { from, to };
}

function planRoutes(
  model: ServedModel,
  asked: string | undefined,
): { from: string; routes: Routes } {
  const { environment, model: name } = model.key;
  const { routes } = model;
  if (!routes) {
    throw new ConflictError(
      `${name} has no live version in ${environment}, so there is nothing to roll back`,
    );
  }
  const from = routes.split.reduce((a, b) =>
    b.weight > a.weight ? b : a,
  ).version;
  const to = asked ?? routes.fallback;
  if (!to) {
    throw new ConflictError(
      `no good version of ${name} before ${from} is known in ${environment}; name one of those loaded: ${[
        ...model.versions.keys(),
      ].join(', ')}`,
    );
  }
  if (to === from && routes.split.length === 1) {
    throw new ConflictError(`${name}@${to} is what is live in ${environment}`);
  }
  checkVersionReady(model, to);
  const split = [{ version: to, weight: 100 }];
  const { fallback: _, ...kept } = routes;
  return {
    from,
    routes: {
      ...kept,
      generation: routes.generation + 1,
      split,
      majors: { ...routes.majors, [apiVersionOf(to)]: split },
    },
  };
}
