import { badRequest } from './InferenceError';
import { formatShape } from './shapes';

/**
 * The elements of a tensor in row-major order. `data` is flat, or nested as
 * its shape says.
 */
export function flatten(
  name: string,
  data: unknown,
  shape: readonly number[],
  count: number,
): unknown[] {
  if (data === undefined) {
    throw badRequest(
      `input '${name}': data is missing; send its ${count} elements as JSON, or in binary with parameter binary_data_size`,
    );
  }
  if (!Array.isArray(data)) {
    if (shape.length === 0) return [data];
    throw badRequest(
      `input '${name}': data must be a list of ${count} elements`,
    );
  }
  if (!Array.isArray(data[0])) {
    if (data.length !== count) {
      throw badRequest(
        `input '${name}': data has ${
          data.length
        } elements, but shape ${formatShape(
          shape,
        )} holds ${count}; make the two agree`,
      );
    }
    return data;
  }
  const flat: unknown[] = [];
  collect(name, data, shape, 0, flat);
  return flat;
}

function collect(
  name: string,
  data: unknown[],
  shape: readonly number[],
  axis: number,
  flat: unknown[],
): void {
  if (axis >= shape.length) {
    throw badRequest(
      `input '${name}': data is nested deeper than its shape ${formatShape(
        shape,
      )} says`,
    );
  }
  if (data.length !== shape[axis]) {
    throw badRequest(
      `input '${name}': nested data has ${
        data.length
      } elements on axis ${axis}, but shape ${formatShape(shape)} says ${
        shape[axis]
      }; make the two agree`,
    );
  }
  if (axis === shape.length - 1) {
    for (const element of data) flat.push(element);
    return;
  }
  for (const part of data) {
    if (!Array.isArray(part)) {
      throw badRequest(
        `input '${name}': data is partly nested; nest all of it as shape ${formatShape(
          shape,
        )}, or none`,
      );
    }
    collect(name, part, shape, axis + 1, flat);
  }
}
