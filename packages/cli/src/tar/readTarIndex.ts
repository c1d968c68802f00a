import { open } from 'node:fs/promises';
import { TAR_BLOCK } from './tarHeader';

/** Where the bytes of a file are in an archive. */
export interface TarPlace {
  offset: number;
  size: number;
}

const MAX_ENTRIES = 100_000;

/**
 * Finds the files of an uncompressed archive by their paths, without reading
 * them. Knows names up to 100 bytes, which is all that an image layout needs.
 */
export async function readTarIndex(
  path: string,
): Promise<Map<string, TarPlace>> {
  const handle = await open(path, 'r');
  try {
    const files = new Map<string, TarPlace>();
    const header = Buffer.alloc(TAR_BLOCK);
    for (let offset = 0, count = 0; count < MAX_ENTRIES; count += 1) {
      const { bytesRead } = await handle.read(header, 0, TAR_BLOCK, offset);
      if (bytesRead === 0 || header[0] === 0) return files;
      if (bytesRead < TAR_BLOCK || !isHeader(header)) {
        throw new Error('it is not a whole, uncompressed tar file');
      }
      const size = sizeIn(header);
      const type = String.fromCharCode(header[156]);
      if (type === '0' || type === '\0') {
        const name = header.toString('utf8', 0, 100).replace(/\0.*$/s, '');
        const place = { offset: offset + TAR_BLOCK, size };
        files.set(name.replace(/^\.\//, ''), place);
      }
      offset += TAR_BLOCK + Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
    }
    throw new Error(`it holds more than ${MAX_ENTRIES} files`);
  } finally {
    await handle.close();
  }
}

function isHeader(header: Buffer): boolean {
  const said = parseInt(header.toString('latin1', 148, 156), 8);
  const sum = header.reduce(
    (total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte),
    0,
  );
  return said === sum;
}

function sizeIn(header: Buffer): number {
  // GNU's base 256, for files above 8 GiB.
  if (header[124] & 0x80) return Number(header.readBigUInt64BE(128));
  return parseInt(header.toString('latin1', 124, 136), 8) || 0;
}
