import type { ServingPlane } from '../../serving/ServingPlane';
import { apiVersionOf } from '@ml-platform/plugin-ml-common';
import {
  ARM_HEADER,
  type Assignment,
  EXPERIMENT_HEADER,
} from '../../experiments/Experiment';
import type { ServedModel } from '../../serving/ServedModel';
import { findModel, findRunner, findSplit } from '../resolve';
import { pickVersion } from '../pickVersion';
import type { InferenceCall } from './InferenceCall';
import type { Choice, Chooser } from './steps';

/** Chooses by what the caller pinned, an experiment that runs, or the live split. */
export class SplitChooser implements Chooser {
  readonly #plane: ServingPlane;

  constructor(plane: ServingPlane) {
    this.#plane = plane;
  }

  choose(call: InferenceCall): Choice {
    const model = findModel(this.#plane, call.environment, call.model);
    const split = findSplit(model, call.pin);
    const assignment = assign(model, call);
    const version = assignment?.version ?? pickVersion(split, Math.random());
    const choice = { model, runner: findRunner(model, version), assignment };
    call.reply.setHeader('x-ml-version', version);
    if (assignment) {
      call.reply.setHeader(EXPERIMENT_HEADER, model.experiment!.spec.name);
      call.reply.setHeader(ARM_HEADER, assignment.arm);
    }
    tellDeprecation(call, choice);
    return choice;
  }
}

/** The arm of a request; undefined when it takes no part in an experiment. */
function assign(
  { experiment }: ServedModel,
  { headers, pin }: InferenceCall,
): Assignment | undefined {
  if (!experiment) return undefined;
  const major = String(apiVersionOf(experiment.spec.arms[0].version));
  // A pin to one version, or to another API version, is a promise.
  if (pin !== undefined && pin !== major) return undefined;
  return experiment.assign(headers);
}

/** Headers of RFC 9745 and RFC 8594, for callers of a deprecated version. */
function tellDeprecation(
  { reply }: InferenceCall,
  { model, runner }: Choice,
): void {
  const deprecation = model.routes?.deprecations?.[runner.spec.version];
  if (!deprecation) return;
  const since = Math.floor(Date.parse(deprecation.at) / 1000);
  reply.setHeader('deprecation', `@${since}`);
  reply.setHeader('sunset', new Date(deprecation.sunset).toUTCString());
}
