import type { ByteSource } from './ByteSource';
import { OnnxReadError } from './OnnxReadError';
import { expectBytes, ProtobufReader, type Range } from './ProtobufReader';
import { readInitializer, readSparseInitializer } from './readInitializer';
import { readValueInfo, type ValueInfo } from './readValueInfo';
import type { OnnxInterface, OnnxTensor } from './types';

const MAX_TENSORS = 4096;
const MAX_NAME = 4096;

/** Field numbers of `ModelProto` and `GraphProto`, see onnx/onnx.proto. */
const MODEL = { irVersion: 1, producerName: 2, producerVersion: 3, graph: 7 };
const GRAPH = { initializer: 5, input: 11, output: 12, sparseInitializer: 15 };

/**
 * Reads inputs and outputs out of an ONNX file, without its weights.
 *
 * @remarks
 * Throws an `OnnxReadError` for anything that is not a whole ONNX model.
 * Reads a few kilobytes for each weight at most, whatever the weight's size.
 *
 * @public
 */
export async function readOnnxInterface(
  source: ByteSource,
): Promise<OnnxInterface> {
  if (source.size === 0) throw new OnnxReadError('it is empty');
  const reader = new ProtobufReader(source);
  let graph: Range | undefined;
  let irVersion = 0;
  const producer = ['', ''];
  await reader.walk({ start: 0, end: source.size }, async field => {
    if (field.number === MODEL.irVersion) {
      irVersion = Number(field.value);
    } else if (
      field.number === MODEL.producerName ||
      field.number === MODEL.producerVersion
    ) {
      const index = field.number - MODEL.producerName;
      producer[index] = await reader.text(field, MAX_NAME);
    } else if (field.number === MODEL.graph) {
      expectBytes(field);
      if (graph) throw new OnnxReadError('it has more than one graph');
      graph = field.range;
    }
  });
  if (!graph || irVersion < 1) {
    throw new OnnxReadError(
      'it is not an ONNX model: it has no graph or no IR version',
    );
  }
  return {
    irVersion,
    producer: producer.join(' ').trim(),
    ...(await readGraph(reader, graph)),
  };
}

async function readGraph(reader: ProtobufReader, graph: Range) {
  const values = { inputs: [] as ValueInfo[], outputs: [] as ValueInfo[] };
  const defaults = new Set<string>();
  const externalData = new Set<string>();
  let initializers = 0;
  await reader.walk(graph, async field => {
    if (
      field.number === GRAPH.initializer ||
      field.number === GRAPH.sparseInitializer
    ) {
      expectBytes(field);
      const read =
        field.number === GRAPH.initializer
          ? readInitializer
          : readSparseInitializer;
      const tensor = await read(reader, field.range);
      initializers += 1;
      defaults.add(tensor.name);
      if (tensor.location !== undefined) externalData.add(tensor.location);
    } else if (field.number === GRAPH.input || field.number === GRAPH.output) {
      expectBytes(field);
      const side = field.number === GRAPH.input ? 'inputs' : 'outputs';
      if (values[side].length >= MAX_TENSORS) {
        throw new OnnxReadError(`it has more than ${MAX_TENSORS} ${side}`);
      }
      values[side].push(await readValueInfo(reader, field.range));
    }
  });
  if (values.outputs.length === 0) {
    throw new OnnxReadError('its graph has no output');
  }
  // Before IR version 4 every initializer had to be listed as an input, too.
  const inputs = values.inputs.filter(input => !defaults.has(input.name));
  const optional = values.inputs.filter(input => defaults.has(input.name));
  return {
    inputs: inputs.flatMap(toTensor),
    optionalInputs: optional.flatMap(toTensor),
    outputs: values.outputs.flatMap(toTensor),
    unsupported: [
      ...inputs.flatMap(value => toUnsupported(value, 'inputs')),
      ...values.outputs.flatMap(value => toUnsupported(value, 'outputs')),
    ],
    initializers,
    externalData: [...externalData].sort(),
  };
}

function toTensor(value: ValueInfo): OnnxTensor[] {
  if (!value.datatype) return [];
  const { name, datatype, shape } = value;
  return [shape ? { name, datatype, shape } : { name, datatype }];
}

function toUnsupported(value: ValueInfo, side: 'inputs' | 'outputs') {
  return value.datatype ? [] : [{ name: value.name, side, type: value.type }];
}
