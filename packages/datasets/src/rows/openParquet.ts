import { stat } from 'node:fs/promises';
import * as zlib from 'node:zlib';
import {
  asyncBufferFromFile,
  type Compressors,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from 'hyparquet';
import { ToolError } from '@ml-platform/packaging';
import type { RowSource, SourceRow } from './SourceRow';

// Newer Nodes have it only.
const { zstdDecompressSync } = zlib as {
  zstdDecompressSync?: (bytes: Uint8Array) => Uint8Array;
};

/** Snappy is built in. */
const compressors: Compressors = {
  GZIP: bytes => zlib.gunzipSync(bytes),
  BROTLI: bytes => zlib.brotliDecompressSync(bytes),
  ...(zstdDecompressSync && { ZSTD: bytes => zstdDecompressSync(bytes) }),
};

/** Opens Parquet, of which one row group at a time is in memory. */
export async function openParquet(path: string): Promise<RowSource> {
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const columns = parquetSchema(metadata).children.map(
      ({ element }) => element.name,
    );
    const { size } = await stat(path);
    const total = Number(metadata.num_rows) || 1;
    return {
      columns,
      isText: false,
      async *rows(): AsyncIterable<SourceRow> {
        let number = 0;
        for (const group of metadata.row_groups) {
          const rowEnd = number + Number(group.num_rows);
          const rows = await parquetReadObjects({
            ...{ file, metadata, compressors, rowStart: number, rowEnd },
          }).catch(error => {
            throw unreadable(path, error);
          });
          for (const values of rows) {
            number += 1;
            const position = Math.round((number / total) * size);
            yield { number, values, position };
          }
        }
      },
    };
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): ToolError {
  return new ToolError({
    code: 'INPUT_UNREADABLE',
    message: `${path} cannot be read as Parquet: ${(error as Error).message}`,
    cause: error,
  });
}
