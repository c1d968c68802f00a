import type { Readable } from 'node:stream';
import type { ByteRange } from '@ml-platform/plugin-ml-node';
import {
  decodeDeltaInstruction,
  DELTA_INSTRUCTION_BYTES,
  type DeltaInstruction,
} from '@ml-platform/plugin-ml-common';
import { OciError } from '../OciError';

/** The blob that a difference takes bytes from. */
export interface DeltaBase {
  digest: string;
  size: number;
  /** Undefined when it went away meanwhile. */
  open(range: ByteRange): Promise<Readable | undefined>;
}

export interface DeltaOptions {
  base: DeltaBase;
  /** Whether nobody waits for the bytes any longer. */
  isGone: () => boolean;
}

/**
 * The bytes that a difference stands for, made while they are read. Whatever it
 * says, they are checked as any others when the upload ends. The source stays
 * open: it is a request, and needs its answer.
 */
export async function* applyDelta(
  source: Readable,
  options: DeltaOptions,
): AsyncGenerator<Buffer> {
  const { base } = options;
  const pieces = source.iterator({ destroyOnReturn: false });
  let rest: Buffer = Buffer.alloc(0);
  /** Reads on when nothing is left; false at the end. */
  const readOn = async () => {
    const { value, done } = await pieces.next();
    if (!done) rest = rest.length ? Buffer.concat([rest, value]) : value;
    return !done;
  };
  for (;;) {
    while (rest.length < DELTA_INSTRUCTION_BYTES && (await readOn()));
    if (!rest.length) return;
    const instruction = readInstruction(rest, base);
    rest = rest.subarray(DELTA_INSTRUCTION_BYTES);
    if (instruction.kind === 'copy') {
      yield* copied(instruction, options);
      continue;
    }
    let { length } = instruction;
    while (length > 0) {
      if (!rest.length && !(await readOn())) {
        throw invalid(`it ends ${length} bytes before its data does`);
      }
      const part = rest.subarray(0, length);
      rest = rest.subarray(part.length);
      length -= part.length;
      yield part;
    }
  }
}

function readInstruction(bytes: Buffer, { size }: DeltaBase): DeltaInstruction {
  const instruction =
    bytes.length >= DELTA_INSTRUCTION_BYTES
      ? decodeDeltaInstruction(bytes.subarray(0, DELTA_INSTRUCTION_BYTES))
      : undefined;
  if (!instruction) {
    throw invalid(
      "an instruction is 'C' or 'D', then a start and a length of 8 bytes each",
    );
  }
  if (
    instruction.kind === 'copy' &&
    instruction.start + instruction.length > size
  ) {
    throw invalid(
      `it copies ${instruction.length} bytes from ${instruction.start} on, but the base has ${size}`,
    );
  }
  return instruction;
}

async function* copied(
  { start, length }: { start: number; length: number },
  { base, isGone }: DeltaOptions,
): AsyncGenerator<Buffer> {
  const stream = await base.open({ start, end: start + length - 1 });
  let left = length;
  if (stream) {
    for await (const part of stream) {
      // A copy needs no client, and would hold the upload against the next one.
      if (isGone()) {
        throw Object.assign(new Error('the client went away'), {
          code: 'ECONNRESET',
        });
      }
      left -= part.length;
      yield part;
    }
  }
  if (left !== 0) {
    throw invalid(`its base ${base.digest} is no longer there as a whole`);
  }
}

function invalid(finding: string): OciError {
  return new OciError({
    status: 400,
    code: 'BLOB_UPLOAD_INVALID',
    message: `the difference cannot be applied: ${finding}; the upload stays as far as it came, go on with the bytes themselves`,
  });
}
