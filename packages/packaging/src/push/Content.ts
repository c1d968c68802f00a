import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { type Descriptor, MEDIA_TYPES } from '@ml-platform/plugin-ml-common';
import type { BuiltPackage, MadeBlob } from '../package';
import { expectUnchanged } from '../package/hashFile';

/** A blob that can be read again and again, from any place in it. */
export interface Blob {
  /** For people: a path inside the package, or what it is. */
  name: string;
  digest: string;
  size: number;
  /** Bytes `start` to `end`, both included; to the end of the blob when not given. */
  read(start?: number, end?: number): Readable;
  /** Where a registry has it already. */
  at?: { base: string; repository: string };
  /** Looks why reading it may have failed, and throws when it knows better. */
  explain?(): Promise<void>;
}

/** A manifest with all blobs that it names: what is pushed, or laid out, as one. */
export interface Content {
  manifest: MadeBlob;
  mediaType: string;
  artifactType?: string;
  blobs: Blob[];
  /** Artifacts that name this one as their subject. */
  referrers: Content[];
}

/** Bytes in memory as a blob. */
export function madeBlob(name: string, { digest, bytes }: MadeBlob): Blob {
  return {
    name,
    digest,
    size: bytes.length,
    read: (start = 0, end = bytes.length - 1) =>
      Readable.from([bytes.subarray(start, end + 1)], { objectMode: false }),
  };
}

/** A file as a blob. */
export function fileBlob(
  name: string,
  path: string,
  { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
): Blob {
  return {
    name,
    digest,
    size,
    read: (start = 0, end = size - 1) =>
      end < start
        ? Readable.from([])
        : createReadStream(path, { start, end, highWaterMark: 256 * 1024 }),
  };
}

/** A package of this machine. */
export function packageContent(built: BuiltPackage): Content {
  return {
    manifest: built.manifest,
    mediaType: MEDIA_TYPES.ociManifest,
    artifactType: MEDIA_TYPES.modelManifest,
    blobs: [
      ...built.layers.map(layer => ({
        ...fileBlob(layer.path, layer.absolutePath, layer),
        explain: () => expectUnchanged(layer),
      })),
      madeBlob('the configuration', built.config),
    ],
    referrers: [],
  };
}

/** All that a layout of content holds, each once: blobs, then manifests. */
export function layoutBlobs(content: Content): Blob[] {
  return [
    ...distinctBlobs(content),
    ...[content, ...content.referrers].map(({ manifest }) =>
      madeBlob('a manifest', manifest),
    ),
  ];
}

/** The blobs of several manifests, each once. */
export function distinctBlobs(content: Content): Blob[] {
  const all = [content, ...content.referrers].flatMap(({ blobs }) => blobs);
  return [...new Map(all.map(blob => [blob.digest, blob])).values()];
}
