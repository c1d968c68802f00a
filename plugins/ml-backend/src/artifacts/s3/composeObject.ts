import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompletedPart,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { ByteRange } from '@ml-platform/plugin-ml-node';

const COPIES_AT_ONCE = 8;

/** A whole object, or a range of one. */
export interface ObjectPiece {
  key: string;
  range?: ByteRange;
}

interface Composition {
  Bucket: string;
  Key: string;
  /** Each but the last one has 5 MiB at least: S3 asks for that. */
  pieces: ObjectPiece[];
}

/**
 * Makes an object of the bytes of others, in their order. S3 copies them by
 * itself. The object appears at once and whole, or not at all.
 */
export async function composeObject(
  client: S3Client,
  { Bucket, Key, pieces }: Composition,
): Promise<void> {
  const target = { Bucket, Key };
  const [first, ...others] = pieces;
  if (!first) {
    await client.send(
      new PutObjectCommand({ ...target, Body: new Uint8Array() }),
    );
    return;
  }
  if (!others.length && !first.range) {
    const CopySource = sourceOf(Bucket, first.key);
    await client.send(new CopyObjectCommand({ ...target, CopySource }));
    return;
  }
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand(target),
  );
  const upload = { ...target, UploadId };
  try {
    const Parts = await copyPieces(client, { ...upload, pieces });
    await client.send(
      new CompleteMultipartUploadCommand({
        ...upload,
        MultipartUpload: { Parts },
      }),
    );
  } catch (error) {
    // What cannot be aborted now is found when abandoned uploads are removed.
    await client
      .send(new AbortMultipartUploadCommand(upload))
      .catch(() => undefined);
    throw error;
  }
}

async function copyPieces(
  client: S3Client,
  upload: Composition & { UploadId: string | undefined },
): Promise<CompletedPart[]> {
  const { pieces, ...target } = upload;
  const parts: CompletedPart[] = [];
  let next = 0;
  const copyInTurn = async () => {
    while (next < pieces.length) {
      const index = next;
      next += 1;
      const { key, range } = pieces[index];
      const PartNumber = index + 1;
      const { CopyPartResult } = await client.send(
        new UploadPartCopyCommand({
          ...target,
          PartNumber,
          CopySource: sourceOf(target.Bucket, key),
          CopySourceRange: range && `bytes=${range.start}-${range.end}`,
        }),
      );
      parts[index] = { PartNumber, ETag: CopyPartResult?.ETag };
    }
  };
  try {
    await Promise.all(Array.from({ length: COPIES_AT_ONCE }, copyInTurn));
  } finally {
    // After a failure, the others stop too.
    next = pieces.length;
  }
  return parts;
}

function sourceOf(bucket: string, key: string): string {
  return `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
}
