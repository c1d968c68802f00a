import type { ModelInterface } from '@ml-platform/plugin-ml-common';
import type { TappedBody } from './BodyTap';
import { readTensors } from './readTensors';

/** More would make the log a second store of predictions. */
const MAX_ELEMENTS = 16;

/**
 * Outputs that fit a line of the request log, by name: a label, a score. Never
 * personal ones, nor what the interface does not name.
 */
export function smallOutputs(
  answer: TappedBody | undefined,
  declared: ModelInterface['outputs'],
): Record<string, unknown> | undefined {
  const outputs = answer && readTensors(answer, 'outputs');
  if (!outputs) return undefined;
  const small = outputs.filter(
    ({ name, data }) =>
      data.length <= MAX_ELEMENTS &&
      declared.some(spec => spec.name === name && !spec.pii),
  );
  return small.length
    ? Object.fromEntries(
        small.map(({ name, data }) => [
          name,
          data.length === 1 ? data[0] : data,
        ]),
      )
    : undefined;
}
