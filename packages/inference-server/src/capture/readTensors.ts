import { DATATYPES, type Datatype } from '@ml-platform/plugin-ml-common';
import { BodyParts, HEADER_LENGTH } from '../protocol/BodyParts';
import { fromBinary } from '../protocol/fromBinary';
import { exactInteger, parseJsonExactly } from '../protocol/parseJson';
import { toJson } from '../protocol/toJson';
import type { TappedBody } from './BodyTap';

/** A tensor of a request or an answer, as far as it could be read. */
export interface ReadTensor {
  name: string;
  datatype: string;
  shape: number[];
  /** Flat, in row-major order; integers beyond 2^53 as text. */
  data: unknown[];
}

/** Reads the tensors of a body that a model took or gave; undefined when it cannot be understood. */
export function readTensors(
  { bytes, headers }: TappedBody,
  side: 'inputs' | 'outputs',
): ReadTensor[] | undefined {
  try {
    const length = headers[HEADER_LENGTH];
    const parts = new BodyParts(bytes, (length && String(length)) || undefined);
    const envelope = parseJsonExactly(parts.json.toString('utf8'));
    const tensors = (envelope as Record<string, unknown> | null)?.[side];
    if (!Array.isArray(tensors)) return undefined;
    return tensors.map(tensor => readTensor(tensor, parts));
  } catch {
    // Whoever had to understand it has complained already.
    return undefined;
  }
}

function readTensor(tensor: any, parts: BodyParts): ReadTensor {
  const { name, datatype, shape, data, parameters } = tensor;
  if (!DATATYPES.includes(datatype)) throw new Error('no such datatype');
  const size = parameters?.binary_data_size;
  const values =
    size === undefined
      ? [data].flat(Infinity)
      : fromBytes(datatype, shape, parts.take(name, size));
  return { name, datatype, shape, data: values.map(readable) };
}

function fromBytes(
  datatype: Datatype,
  shape: number[],
  bytes: Buffer,
): unknown[] {
  const count = shape.reduce((product, size) => product * size, 1);
  const data = fromBinary('tensor', datatype, count, bytes);
  return parseJsonExactly(`[${toJson(datatype, data)}]`) as unknown[];
}

function readable(value: unknown): unknown {
  const exact = exactInteger(value);
  return exact === undefined ? value : String(exact);
}
