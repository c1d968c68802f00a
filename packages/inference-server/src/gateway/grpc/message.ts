/** A byte that says whether a message is compressed, and its length in four. */
export const PREFIX_BYTES = 5;
export const ACCEPTED_ENCODINGS = 'identity,deflate,gzip';

export interface MessageLimits {
  /** Of a message, also once it is unpacked. */
  maxMessageBytes: number;
}

/** A message with what goes before it; never compressed, as tensors hardly shrink. */
export function frame(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  framed[0] = 0;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, PREFIX_BYTES);
  return framed;
}
