import type { ServingPlane } from '../../serving/ServingPlane';
import { findModel, pickRunner } from '../resolve';
import type { InferenceCall } from './InferenceCall';
import type { Choice, Chooser } from './steps';

/** Chooses by the routes: the live split, or what the caller pinned. */
export class SplitChooser implements Chooser {
  readonly #plane: ServingPlane;

  constructor(plane: ServingPlane) {
    this.#plane = plane;
  }

  choose(call: InferenceCall): Choice {
    const model = findModel(this.#plane, call.environment, call.model);
    const choice = { model, runner: pickRunner(model, call.pin) };
    call.reply.setHeader('x-ml-version', choice.runner.spec.version);
    tellDeprecation(call, choice);
    return choice;
  }
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
