import type { Datatype } from '../interface/tensors';
import { elementType } from './elementTypes';
import { OnnxReadError } from './OnnxReadError';
import { expectBytes, type ProtobufReader, type Range } from './ProtobufReader';

const MAX_NAME = 4096;
const MAX_RANK = 64;
/** `sequence(sequence(…))` goes no deeper in any model that runs. */
const MAX_DEPTH = 8;

/** Field numbers of `TypeProto`'s choices. */
const TYPE = { tensor: 1, sequence: 4, map: 5, sparse: 8, optional: 9 };

/** A graph's input or output; `datatype` is absent when it is not a plain tensor. */
export interface ValueInfo {
  name: string;
  /** In ONNX's words. */
  type: string;
  datatype?: Datatype;
  shape?: number[];
}

type ValueType = Omit<ValueInfo, 'name'>;

/** Reads a `ValueInfoProto`. */
export async function readValueInfo(
  reader: ProtobufReader,
  range: Range,
): Promise<ValueInfo> {
  let name = '';
  let type: ValueType = { type: 'a value without a type' };
  await reader.walk(range, async field => {
    if (field.number === 1) name = await reader.text(field, MAX_NAME);
    if (field.number === 2) {
      expectBytes(field);
      type = await readType(reader, field.range, 0);
    }
  });
  if (!name) throw new OnnxReadError('its graph has a tensor without a name');
  return { name, ...type };
}

async function readType(
  reader: ProtobufReader,
  range: Range,
  depth: number,
): Promise<ValueType> {
  if (depth > MAX_DEPTH) {
    throw new OnnxReadError('it nests types deeper than any real model');
  }
  let type: ValueType = { type: 'a value without a type' };
  await reader.walk(range, async field => {
    const inner = async (number: number) => {
      expectBytes(field);
      return readInnerType(reader, field.range, number, depth + 1);
    };
    switch (field.number) {
      case TYPE.tensor:
        expectBytes(field);
        type = await readTensorType(reader, field.range);
        break;
      case TYPE.sequence:
        type = { type: `sequence of ${await inner(1)}` };
        break;
      case TYPE.map:
        expectBytes(field);
        type = { type: await readMapType(reader, field.range, depth + 1) };
        break;
      case TYPE.sparse:
        type = { type: 'sparse tensor' };
        break;
      case TYPE.optional:
        type = { type: `optional ${await inner(1)}` };
        break;
      default:
    }
  });
  return type;
}

async function readInnerType(
  reader: ProtobufReader,
  range: Range,
  number: number,
  depth: number,
): Promise<string> {
  let text = 'value';
  await reader.walk(range, async field => {
    if (field.number !== number) return;
    expectBytes(field);
    text = (await readType(reader, field.range, depth)).type;
  });
  return text;
}

async function readMapType(
  reader: ProtobufReader,
  range: Range,
  depth: number,
): Promise<string> {
  let key = 0;
  await reader.walk(range, field => {
    if (field.number === 1) key = Number(field.value);
  });
  const value = await readInnerType(reader, range, 2, depth);
  return `map(${elementType(key).onnx}, ${value})`;
}

async function readTensorType(
  reader: ProtobufReader,
  range: Range,
): Promise<ValueType> {
  let code = 0;
  let shape: number[] | undefined;
  await reader.walk(range, async field => {
    if (field.number === 1) code = Number(field.value);
    if (field.number === 2) {
      expectBytes(field);
      shape = await readShape(reader, field.range);
    }
  });
  const { onnx, datatype } = elementType(code);
  return { type: `tensor(${onnx})`, datatype, shape };
}

async function readShape(
  reader: ProtobufReader,
  range: Range,
): Promise<number[]> {
  const shape: number[] = [];
  await reader.walk(range, async field => {
    if (field.number !== 1) return;
    expectBytes(field);
    if (shape.length >= MAX_RANK) {
      throw new OnnxReadError(`a tensor has more than ${MAX_RANK} dimensions`);
    }
    let size = -1;
    await reader.walk(field.range, dimension => {
      if (dimension.number !== 1) return;
      const value = BigInt.asIntN(64, dimension.value);
      // Some exporters write a negative number for a dimension that is open.
      size =
        value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER)
          ? Number(value)
          : -1;
    });
    shape.push(size);
  });
  return shape;
}
