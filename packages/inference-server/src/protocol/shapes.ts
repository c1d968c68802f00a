import { badRequest } from './InferenceError';

/** A tensor of more dimensions was made up, and its shape would be a long message. */
const SHOWN_DIMENSIONS = 16;

/** `[-1, 30]` as people read it; a number of elements would say less. */
export function formatShape(shape: readonly (number | string)[]): string {
  if (shape.length <= SHOWN_DIMENSIONS) return `[${shape.join(', ')}]`;
  const shown = shape.slice(0, SHOWN_DIMENSIONS).join(', ');
  return `[${shown}, … (${shape.length} dimensions)]`;
}

/** Checks a request's shape against the declared one and returns its number of elements. */
export function countElements(
  name: string,
  shape: unknown,
  declared: readonly number[],
): number {
  if (!Array.isArray(shape) || !shape.every(isDimension)) {
    throw badRequest(
      `input '${name}': shape must be a list of whole numbers from 0 on, such as ${example(
        declared,
      )}`,
    );
  }
  const fits =
    shape.length === declared.length &&
    declared.every((size, axis) => size === -1 || size === shape[axis]);
  if (!fits) {
    throw badRequest(
      `input '${name}': shape ${formatShape(
        shape,
      )} does not fit the model's ${formatShape(declared)}${
        declared.includes(-1) ? ' (-1 is any size)' : ''
      }; send for instance ${example(declared)}`,
    );
  }
  let count = 1;
  for (const size of shape) count *= size;
  if (Number.isSafeInteger(count) || shape.includes(0)) {
    return shape.includes(0) ? 0 : count;
  }
  throw badRequest(
    `input '${name}': shape ${formatShape(
      shape,
    )} holds more elements than can be counted; send fewer`,
  );
}

function isDimension(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function example(declared: readonly number[]): string {
  return formatShape(declared.map(size => (size === -1 ? 1 : size)));
}

/** How many elements a tensor of a known shape has. */
export function countOf(shape: readonly number[]): number {
  return shape.reduce((count, size) => count * size, 1);
}
