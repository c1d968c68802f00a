import { writeLayoutFolder } from '../oci/writeLayoutFolder';
import { writeLayoutTar } from '../oci/writeLayoutTar';
import type { TarContent } from '../tar/writeTar';
import { makeImage } from './composeImage';
import type { ImageConfig } from './imageConfig';
import { spoolLayer } from './spoolLayer';

export { SERVER_LABEL } from './imageConfig';

/** Writes an image of new layers as a layout; for the scripts of this repository. */
export async function writeImageLayout(options: {
  layers: ReadonlyArray<{ name: string; entries: readonly TarContent[] }>;
  config: {
    os: string;
    architecture: string;
    config: ImageConfig['config'];
  };
  tag: string;
  /** A folder, or a file that ends in `.tar`. */
  target: string;
  /** Folder for the layers on their way. */
  folder: string;
  compress: boolean;
}): Promise<{ digest: string; sizeBytes: number }> {
  const { compress, config, folder, layers, tag, target } = options;
  const spooled = [];
  for (const layer of layers) {
    spooled.push(await spoolLayer({ ...layer, folder, compress }));
  }
  const content = makeImage({
    layers: spooled,
    config: {
      ...config,
      rootfs: { type: 'layers', diff_ids: spooled.map(layer => layer.diffId) },
      history: layers.map(({ name }) => ({ created_by: name })),
    },
  });
  const write = target.endsWith('.tar') ? writeLayoutTar : writeLayoutFolder;
  await write({ content, tag, target, onBytes: () => {} });
  return {
    digest: content.manifest.digest,
    sizeBytes: spooled.reduce((sum, { blob }) => sum + blob.size, 0),
  };
}
