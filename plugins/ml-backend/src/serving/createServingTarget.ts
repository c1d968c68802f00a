import type { ServingTarget } from '@ml-platform/plugin-ml-node';
import {
  EmbeddedServingTarget,
  type EmbeddedServingTargetOptions,
} from './EmbeddedServingTarget';

/** The embedded target, or an error that says what is missing. */
export function createServingTarget(
  embedded: EmbeddedServingTargetOptions | undefined,
): ServingTarget {
  if (!embedded) {
    throw new Error(
      'The plugin ml has no data plane: configure ml.serving.embedded in app-config.yaml, or install a module that sets a serving target',
    );
  }
  return new EmbeddedServingTarget(embedded);
}
