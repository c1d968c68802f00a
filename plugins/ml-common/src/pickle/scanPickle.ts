import type { ByteSource } from '../onnx/ByteSource';
import { ByteStream } from './ByteStream';
import { PickleMachine } from './PickleMachine';
import { PickleReadError } from './PickleReadError';
import { PickleObject } from './values';

/**
 * What the opcodes of a pickle tell of it.
 * @public
 */
export interface PickleFacts {
  /** Every class and function it names, as `module.name`, sorted. */
  imports: string[];
  /** Class of the outermost object. */
  type?: string;
  /** Version of scikit-learn that wrote it. */
  sklearnVersion?: string;
  /** Number of columns of the input, where all of its parts agree on it. */
  features?: number;
  compression?: 'gzip' | 'zlib';
}

/** @public */
export interface ScanPickleOptions {
  source: ByteSource;
  /** `pickle` where joblib does not load it, as in a folder of MLflow. */
  writtenBy?: 'joblib' | 'pickle';
}

const CHUNK = 1024 * 1024;
const MAX_IMPORTS = 10_000;

/**
 * Reads what a pickle imports, without loading it: its opcodes are followed,
 * none is carried out. Knows joblib's files, also compressed with zlib or gzip.
 * Memory does not grow with the weights.
 *
 * @throws PickleReadError where it cannot be followed to its end.
 * @public
 */
export async function scanPickle({
  source,
  writtenBy = 'joblib',
}: ScanPickleOptions): Promise<PickleFacts> {
  const compression = compressionOf(await source.read(0, 6));
  const stream = new ByteStream(
    compression ? decompress(source, compression) : chunksOf(source),
  );
  const imports = new Set<string>();
  const features = new Set<number>();
  let sklearnVersion: string | undefined;
  const root = await new PickleMachine({
    stream,
    joblib: writtenBy === 'joblib',
    onGlobal(name) {
      imports.add(name);
      if (imports.size > MAX_IMPORTS) {
        throw new PickleReadError('it imports too many names', stream.offset);
      }
    },
    onField(key, value) {
      if (key === '_sklearn_version' && typeof value === 'string') {
        sklearnVersion = value;
      }
      if (key === 'n_features_in_' && typeof value === 'number') {
        features.add(value);
      }
    },
  }).run();
  const object = root instanceof PickleObject ? root : undefined;
  const own = object?.fields.get('n_features_in_');
  const [agreed] = features.size === 1 ? features : [];
  const columns = typeof own === 'number' ? own : agreed;
  return {
    imports: [...imports].sort(),
    ...(object?.of && { type: object.of }),
    ...(sklearnVersion && { sklearnVersion }),
    ...(columns !== undefined && { features: columns }),
    ...(compression && { compression }),
  };
}

/** Whether bytes begin as a pickle of protocol 2 or later does. */
export function looksLikePickle(head: Uint8Array): boolean {
  return head[0] === 0x80 && head[1] >= 2 && head[1] <= 5;
}

async function* chunksOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < source.size; ) {
    const chunk = await source.read(offset, CHUNK);
    if (!chunk.length) return;
    offset += chunk.length;
    yield chunk;
  }
}

async function* decompress(
  source: ByteSource,
  compression: 'gzip' | 'zlib',
): AsyncGenerator<Uint8Array> {
  const stream = new DecompressionStream(
    compression === 'zlib' ? 'deflate' : 'gzip',
  );
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  const written = (async () => {
    for await (const chunk of chunksOf(source)) {
      await writer.write(new Uint8Array(chunk));
    }
    await writer.close();
  })();
  // Told by the reader as well, which is where it is handled.
  written.catch(() => {});
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield value;
    }
    await written;
  } catch (error) {
    throw new PickleReadError(
      `its ${compression} data cannot be decompressed: ${
        (error as Error).message
      }`,
    );
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function compressionOf(head: Uint8Array): 'gzip' | 'zlib' | undefined {
  const begins = (...bytes: number[]) =>
    bytes.every((byte, index) => head[index] === byte);
  if (begins(0x1f, 0x8b)) return 'gzip';
  // The first byte is a pickle's 'x' only by accident: no opcode has that code.
  if (head[0] === 0x78 && (head[0] * 256 + head[1]) % 31 === 0) return 'zlib';
  const other = [
    { name: 'bz2', is: begins(0x42, 0x5a, 0x68) },
    { name: 'xz', is: begins(0xfd, 0x37, 0x7a, 0x58, 0x5a) },
    { name: 'lzma', is: begins(0x5d, 0x00, 0x00) },
    { name: 'lz4', is: begins(0x04, 0x22, 0x4d, 0x18) },
    { name: 'zip', is: begins(0x50, 0x4b, 0x03, 0x04) },
  ].find(({ is }) => is);
  if (!other) return undefined;
  throw new PickleReadError(
    `it is compressed with ${other.name}, which cannot be looked into; write it with joblib.dump(model, path, compress=3)`,
  );
}
