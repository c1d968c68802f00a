import Long from 'long';
import { BINARY_PARAMETERS } from '../../protocol/binaryParameters';
import {
  exactInteger,
  markInteger,
  stringifyExactly,
} from '../../protocol/parseJson';
import type { InferParameter } from './messages';

/** Parameters of a message, as `stringifyExactly` writes them; undefined when there are none. */
export function fromParameters(
  parameters: Record<string, InferParameter>,
): Record<string, unknown> | undefined {
  return convert(parameters, valueOf);
}

/** Parameters of an answer, as `parseJsonExactly` read them. What is null is left out; what a message has no type for goes as JSON. */
export function toParameters(
  parameters: object | null | undefined,
): Record<string, InferParameter> | undefined {
  return parameters ? convert(parameters, parameterOf) : undefined;
}

function convert<From, To>(
  parameters: Record<string, From> | object,
  each: (value: From) => To | undefined,
): Record<string, To> | undefined {
  let converted: Record<string, To> | undefined;
  for (const [name, value] of Object.entries(parameters)) {
    if (BINARY_PARAMETERS.includes(name)) continue;
    const result = each(value);
    if (result !== undefined) (converted ??= {})[name] = result;
  }
  return converted;
}

function valueOf(parameter: InferParameter): unknown {
  // What was not sent has a value by its prototype only.
  const [value] = Object.values(parameter);
  return Long.isLong(value) ? markInteger(value) : value;
}

function parameterOf(value: unknown): InferParameter | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'boolean') return { boolParam: value };
  if (typeof value === 'number') {
    return Number.isSafeInteger(value)
      ? { int64Param: Long.fromNumber(value) }
      : { doubleParam: value };
  }
  const exact = exactInteger(value);
  if (exact !== undefined) return integerOf(exact);
  return {
    stringParam: typeof value === 'string' ? value : stringifyExactly(value),
  };
}

function integerOf(value: bigint): InferParameter {
  if (BigInt.asIntN(64, value) === value) {
    return { int64Param: Long.fromString(String(value)) };
  }
  return BigInt.asUintN(64, value) === value
    ? { uint64Param: Long.fromString(String(value), true) }
    : { doubleParam: Number(value) };
}
