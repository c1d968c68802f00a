import { Readable } from 'node:stream';
import {
  type BlobChunks,
  DELTA_INSTRUCTION_BYTES,
  type DeltaInstruction,
  encodeDeltaInstruction,
} from '@ml-platform/plugin-ml-common';
import type { Blob } from '../Content';

/** A part of the blob, and where the base has the same bytes, if it does. */
interface Piece {
  /** Place in the blob. */
  offset: number;
  length: number;
  /** Place in the base. */
  base?: number;
}

/** A part of the upload as it goes over the wire. */
export interface DeltaBody {
  /** Bytes of the request. */
  length: number;
  /** Bytes of the blob in it. */
  dataBytes: number;
  read(): Readable;
}

/** Which parts of a blob the registry can take from one that it has. */
export class DeltaPlan {
  readonly #pieces: Piece[];

  /**
   * @param base - digest of the blob that the registry has
   * @returns undefined when the two have nothing in common
   */
  static between(
    base: string,
    known: BlobChunks,
    wanted: BlobChunks,
  ): DeltaPlan | undefined {
    const places = new Map<string, number>();
    let place = 0;
    for (const [size, sha256] of known.chunks) {
      if (!places.has(sha256)) places.set(sha256, place);
      place += size;
    }
    const pieces: Piece[] = [];
    let offset = 0;
    for (const [length, sha256] of wanted.chunks) {
      addPiece(pieces, { offset, length, base: places.get(sha256) });
      offset += length;
    }
    const isOfUse = pieces.some(piece => piece.base !== undefined);
    return isOfUse ? new DeltaPlan(base, pieces) : undefined;
  }

  private constructor(readonly base: string, pieces: Piece[]) {
    this.#pieces = pieces;
  }

  /**
   * Where a request that begins at the offset should end, so that it carries no
   * more than so many bytes of data and makes no more than so many of the blob.
   */
  endFrom(offset: number, most: { data: number; made: number }): number {
    let { data } = most;
    let end = offset;
    for (const piece of this.#slice(offset, offset + most.made)) {
      if (piece.base === undefined) {
        if (piece.length >= data) return end + data;
        data -= piece.length;
      }
      end += piece.length;
    }
    return end;
  }

  /** Bytes `start` to `end` (not included) of the blob as instructions. */
  body(blob: Blob, start: number, end: number): DeltaBody {
    const pieces = this.#slice(start, end);
    const dataBytes = pieces
      .filter(({ base }) => base === undefined)
      .reduce((sum, { length }) => sum + length, 0);
    return {
      dataBytes,
      length: pieces.length * DELTA_INSTRUCTION_BYTES + dataBytes,
      read: () => Readable.from(encode(blob, pieces), { objectMode: false }),
    };
  }

  #slice(start: number, end: number): Piece[] {
    return this.#pieces.flatMap(piece => {
      const from = Math.max(start, piece.offset);
      const to = Math.min(end, piece.offset + piece.length);
      if (from >= to) return [];
      const skipped = from - piece.offset;
      const base = piece.base === undefined ? undefined : piece.base + skipped;
      return [{ offset: from, length: to - from, base }];
    });
  }
}

/** Joins what lies side by side in both blobs. */
function addPiece(pieces: Piece[], piece: Piece): void {
  const last = pieces.at(-1);
  const follows =
    last &&
    (last.base === undefined
      ? piece.base === undefined
      : piece.base === last.base + last.length);
  if (follows) last.length += piece.length;
  else pieces.push({ ...piece });
}

async function* encode(blob: Blob, pieces: Piece[]): AsyncGenerator<Buffer> {
  for (const { offset, length, base } of pieces) {
    const instruction: DeltaInstruction =
      base === undefined
        ? { kind: 'data', length }
        : { kind: 'copy', start: base, length };
    yield Buffer.from(encodeDeltaInstruction(instruction));
    if (base === undefined) yield* blob.read(offset, offset + length - 1);
  }
}
