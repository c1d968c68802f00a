import {
  exampleRequest,
  MAX_TRIED_BYTES,
  type ModelInterface,
  type TensorSpec,
} from '@ml-platform/plugin-ml-common';
import { callTexts } from '../callTexts';
import { formatShape } from './format';
import { wrongValue } from './wrongValue';

/** What stands in the fields of the form, by name of the input. */
export type TryFields = Record<string, string>;

/** The fields as the sample fills them; zeros where it has no such input. */
export function fieldsOf(spec: ModelInterface, sample: unknown): TryFields {
  const given = (sample as { inputs?: unknown } | undefined)?.inputs;
  const tensors = [
    ...(Array.isArray(given) ? given : []),
    ...exampleRequest(spec).inputs,
  ] as Array<{ name?: unknown; data?: unknown }>;
  return Object.fromEntries(
    spec.inputs.map(({ name }) => [
      name,
      JSON.stringify(tensors.find(tensor => tensor.name === name)?.data ?? []),
    ]),
  );
}

/**
 * The request that the fields make, or what is wrong with them. Values go as
 * they are written, so that large integers keep their digits.
 */
export function tryRequest(
  spec: ModelInterface,
  fields: TryFields,
): { body?: string; errors: Record<string, string>; error?: string } {
  const errors: Record<string, string> = {};
  const inputs = spec.inputs.map(tensor => {
    const text = fields[tensor.name] ?? '';
    const shape = shapeOf(tensor, text);
    const problem =
      typeof shape === 'string' ? shape : wrongValue(tensor.datatype, text);
    if (problem) errors[tensor.name] = problem;
    const { datatype, name } = tensor;
    const head = JSON.stringify({ name, datatype, shape });
    return `${head.slice(0, -1)},"data":${text}}`;
  });
  if (Object.keys(errors).length) return { errors };
  const body = `{"inputs":[${inputs.join(',')}]}`;
  return new TextEncoder().encode(body).length > MAX_TRIED_BYTES
    ? { errors, error: callTexts.tooLarge }
    : { errors, body };
}

/** The shape that values have, or a sentence on why they have none that fits. */
function shapeOf({ shape }: TensorSpec, text: string): number[] | string {
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    return callTexts.notAList;
  }
  if (!Array.isArray(values)) return callTexts.notAList;
  const found = dimensions(values);
  if (!found) return callTexts.uneven;
  if (found.length === 1 && shape.length !== 1) {
    return flatShape(shape, found[0]);
  }
  return found.length === shape.length &&
    shape.every((size, index) => size === -1 || size === found[index])
    ? found
    : callTexts.wrongShape(formatShape(found), formatShape(shape));
}

/** Of a list without inner ones, whose first free dimension takes what there is. */
function flatShape(shape: number[], count: number): number[] | string {
  const free = shape.indexOf(-1);
  const fixed = shape.reduce(
    (product, size) => product * (size === -1 ? 1 : size),
    1,
  );
  const rows = count / fixed;
  const fits = free === -1 ? rows === 1 : Number.isInteger(rows) && rows > 0;
  if (!fits) return callTexts.wrongCount(count, formatShape(shape));
  return shape.map((size, index) => {
    if (size !== -1) return size;
    return index === free ? rows : 1;
  });
}

/** Undefined when the lists are uneven. */
function dimensions(values: unknown[]): number[] | undefined {
  if (!values.some(Array.isArray)) return [values.length];
  const inner = values.map(value =>
    Array.isArray(value) ? dimensions(value) : undefined,
  );
  const [first] = inner;
  return first && inner.every(each => String(each) === String(first))
    ? [values.length, ...first]
    : undefined;
}
