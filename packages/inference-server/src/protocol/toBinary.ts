import type { TensorData } from './TensorData';

/** Writes the elements of a tensor in the binary tensor extension's encoding. */
export function toBinary(data: TensorData): Buffer {
  if (!isStrings(data)) {
    return Buffer.from(
      data.buffer as ArrayBuffer,
      data.byteOffset,
      data.byteLength,
    );
  }
  let size = 0;
  for (const text of data) size += 4 + Buffer.byteLength(text);
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const text of data) {
    const length = bytes.write(text, at + 4);
    bytes.writeUInt32LE(length, at);
    at += 4 + length;
  }
  return bytes;
}

function isStrings(data: TensorData): data is readonly string[] {
  return Array.isArray(data);
}
