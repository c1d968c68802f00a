import type { Environment, Split } from '@ml-platform/plugin-ml-common';
import type { ServedModel } from '../serving/ServedModel';
import type { ServingPlane } from '../serving/ServingPlane';
import type { VersionRunner } from '../serving/VersionRunner';
import { notFound, unavailable } from './GatewayError';
import type { Target } from './parsePath';

/** A message that tells what there is tells so much of it. */
const LISTED = 20;

/** The model that a path names. */
export function findModel(
  plane: ServingPlane,
  environment: Environment,
  name: string,
): ServedModel {
  const model = plane.find(environment, name);
  if (model) return model;
  throw notFound(
    `model '${name.slice(
      0,
      100,
    )}' is not deployed in ${environment}; there ${list(
      plane.modelNames(environment),
    )}`,
  );
}

/** The versions among which a request is split: one when it is pinned exactly. */
export function findSplit(model: ServedModel, pin: Target['pin']): Split {
  const { key, routes } = model;
  if (pin === undefined) {
    if (routes) return routes.split;
    throw notFound(
      `model '${key.model}' has no live version in ${
        key.environment
      } yet; loaded ${list([...model.versions.keys()])}`,
    );
  }
  if (/^\d+$/.test(pin)) {
    const split = routes?.majors[pin];
    if (split) return split;
    throw notFound(
      `model '${key.model}' has no live API version ${pin.slice(0, 100)} in ${
        key.environment
      }; there ${list(Object.keys(routes?.majors ?? {}))}`,
    );
  }
  if (model.versions.has(pin)) return [{ version: pin, weight: 1 }];
  throw notFound(
    `model '${key.model}' has no version '${pin.slice(0, 100)}' in ${
      key.environment
    }; there ${list([...model.versions.keys()])}`,
  );
}

/** A version of a model, which routes or an experiment name. */
export function findRunner(model: ServedModel, version: string): VersionRunner {
  const runner = model.versions.get(version);
  if (runner) return runner;
  throw unavailable('not-ready', `version ${version} is not loaded`);
}

/** Why a version cannot answer, as part of a sentence. */
export function whyNotReady({ spec, state, reason }: VersionRunner): string {
  return `version ${spec.version} is not ready (${state})${
    reason ? `: ${reason}` : ''
  }`;
}

function list(names: string[]): string {
  if (!names.length) return 'is none';
  const more = names.length - LISTED;
  const shown = more > 0 ? [...names.slice(0, LISTED), `${more} more`] : names;
  return `${names.length === 1 ? 'is' : 'are'} ${shown.join(', ')}`;
}
