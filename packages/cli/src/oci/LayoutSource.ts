import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Descriptor } from '@ml-platform/plugin-ml-common';
import { CliError } from '../errors/CliError';
import { type Blob, digestOf } from '@ml-platform/packaging';
import { readTarIndex, type TarPlace } from '../tar/readTarIndex';
import type { ContentSource, StoredManifest } from './ContentSource';
import { digestMismatch } from './verified';

const MAX_JSON = 4 * 1024 * 1024;

interface Place extends TarPlace {
  file: string;
}

/** Finds a file of the layout, by its path in it. */
type Locate = (path: string) => Promise<Place | undefined>;

/** An OCI image layout: a folder, or a tar file of one. */
export class LayoutSource implements ContentSource {
  static async open(path: string): Promise<LayoutSource> {
    const found = await stat(path).catch(() => undefined);
    if (!found) throw noLayout(path, 'there is nothing there');
    const locate = found.isDirectory() ? inFolder(path) : await inTar(path);
    const place = await locate('index.json');
    if (!place || place.size > MAX_JSON) {
      throw noLayout(path, 'it has no index.json');
    }
    const text = (await buffer(readPlace(place))).toString('utf8');
    let manifests: unknown;
    try {
      ({ manifests } = JSON.parse(text));
    } catch (error) {
      throw noLayout(path, `its index.json is broken: ${error}`);
    }
    if (!Array.isArray(manifests)) {
      throw noLayout(path, 'its index.json lists no manifests');
    }
    return new LayoutSource(path, manifests, locate);
  }

  readonly place: string;
  readonly #manifests: readonly Descriptor[];
  readonly #locate: Locate;

  private constructor(
    place: string,
    manifests: readonly Descriptor[],
    locate: Locate,
  ) {
    this.place = place;
    this.#manifests = manifests;
    this.#locate = locate;
  }

  async getManifest(reference?: string | Descriptor): Promise<StoredManifest> {
    const descriptor =
      typeof reference === 'object' ? reference : this.#pick(reference);
    const { digest, mediaType, size } = descriptor;
    if (size > MAX_JSON) {
      throw noLayout(this.place, `${digest} is too large for a manifest`);
    }
    const bytes = await buffer(this.getBlob('a manifest', descriptor).read());
    if (digestOf(bytes) !== digest) {
      throw digestMismatch(`${digest} of ${this.place}`);
    }
    return { bytes, digest, mediaType };
  }

  getBlob(name: string, { digest, size }: Descriptor): Blob {
    const { place } = this;
    const locate = this.#locate;
    async function* read(start: number, end: number) {
      const found = await locate(`blobs/${digest.replace(':', '/')}`);
      if (found?.size !== size) {
        throw noLayout(
          place,
          `the blob ${digest} is ${found ? 'of another size' : 'missing'}`,
        );
      }
      yield* readPlace(found, start, end);
    }
    return {
      ...{ name, digest, size },
      read: (start = 0, end = size - 1) =>
        Readable.from(read(start, end), { objectMode: false }),
    };
  }

  close(): void {}

  #pick(reference: string | undefined): Descriptor {
    const candidates = this.#manifests.filter(
      ({ digest, annotations }) =>
        reference === undefined ||
        reference === digest ||
        reference === annotations?.['org.opencontainers.image.ref.name'],
    );
    if (candidates.length === 1) return candidates[0];
    const of = reference === undefined ? '' : ` '${reference}'`;
    throw noLayout(
      this.place,
      `it should hold one manifest${of}, and holds ${candidates.length}`,
    );
  }
}

function inFolder(folder: string): Locate {
  return async path => {
    const file = join(folder, path);
    const found = await stat(file).catch(() => undefined);
    return found && { file, offset: 0, size: found.size };
  };
}

async function inTar(file: string): Promise<Locate> {
  const entries = await readTarIndex(file).catch(error => {
    throw noLayout(file, (error as Error).message);
  });
  return async path => {
    const found = entries.get(path);
    return found && { file, ...found };
  };
}

function readPlace(
  { file, offset, size }: Place,
  start = 0,
  end = size - 1,
): Readable {
  if (end < start) return Readable.from([]);
  return createReadStream(file, {
    start: offset + start,
    end: offset + end,
    highWaterMark: 256 * 1024,
  });
}

function noLayout(path: string, why: string): CliError {
  return new CliError({
    code: 'LAYOUT_UNUSABLE',
    message: `${path} cannot be read as an OCI image layout: ${why}`,
    hint: 'It must be a folder with index.json and blobs/ in it, or a tar file of one.',
  });
}
