import { expectBytes, type ProtobufReader, type Range } from './ProtobufReader';

const MAX_TEXT = 4096;

/** Field numbers of `TensorProto`. */
const TENSOR = { name: 8, externalData: 13, dataLocation: 14 };
const EXTERNAL = 1n;

/** What matters of a weight: its name, and its file when it lies outside. */
export interface Initializer {
  name: string;
  location?: string;
}

/** Reads a `TensorProto` without its data. */
export async function readInitializer(
  reader: ProtobufReader,
  range: Range,
): Promise<Initializer> {
  let name = '';
  let external = false;
  let location: string | undefined;
  await reader.walk(range, async field => {
    if (field.number === TENSOR.name) {
      name = await reader.text(field, MAX_TEXT);
    } else if (field.number === TENSOR.dataLocation) {
      external = field.value === EXTERNAL;
    } else if (field.number === TENSOR.externalData) {
      expectBytes(field);
      const entry = await readEntry(reader, field.range);
      if (entry.key === 'location') location = entry.value;
    }
  });
  return external ? { name, location: location ?? '' } : { name };
}

/** Reads a `SparseTensorProto`, which carries its name in its values. */
export async function readSparseInitializer(
  reader: ProtobufReader,
  range: Range,
): Promise<Initializer> {
  let found: Initializer = { name: '' };
  await reader.walk(range, async field => {
    if (field.number !== 1) return;
    expectBytes(field);
    found = await readInitializer(reader, field.range);
  });
  return found;
}

async function readEntry(reader: ProtobufReader, range: Range) {
  const entry = { key: '', value: '' };
  await reader.walk(range, async field => {
    if (field.number === 1) entry.key = await reader.text(field, MAX_TEXT);
    if (field.number === 2) entry.value = await reader.text(field, MAX_TEXT);
  });
  return entry;
}
