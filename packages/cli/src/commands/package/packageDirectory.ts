import { join } from 'node:path';
import type { CommandContext } from '../../CommandContext';
import { formatBytes, plural } from '../../output/format';
import { ByteProgress } from '../../output/ByteProgress';
import { renderTable } from '../../output/renderTable';
import {
  buildPackage,
  DEFAULT_OUTPUT,
  writeLayout,
  type BuiltPackage,
  noteDigests,
} from '@ml-platform/packaging';
import { checkCommit } from './checkCommit';
import type { PackageOptions } from './command';

/** `ml package` */
export async function packageDirectory(
  { output, onInterrupt }: CommandContext,
  directory: string,
  options: PackageOptions,
): Promise<void> {
  onInterrupt(() => 'Interrupted. Nothing was written.');
  for (const note of await noteDigests(directory)) output.info(note);
  const built = await hashWithProgress(output, directory);
  const warning = await checkCommit(directory, built.model);
  if (warning) output.warn(warning);
  const target = options.output ?? join(directory, DEFAULT_OUTPUT);
  await writeLayout(built, target);
  output.done(`Wrote ${target}`);
  const { model, manifest, layers, size } = built;
  await output.object({
    kind: 'Package',
    name: `${model.name}@${model.version}`,
    data: {
      name: model.name,
      version: model.version,
      digest: manifest.digest,
      sizeBytes: size,
      output: target,
      files: layers.map(({ path, digest, size: bytes, mediaType }) => ({
        path,
        digest,
        size: bytes,
        mediaType,
      })),
    },
    text: () =>
      [
        `Name     ${model.name}`,
        `Version  ${model.version}`,
        `Digest   ${manifest.digest}`,
        `Size     ${formatBytes(size)}`,
        '',
        renderTable(
          ['FILE', 'SIZE', 'DIGEST'],
          layers.map(layer => [
            layer.path,
            formatBytes(layer.size),
            layer.digest.slice(0, 19),
          ]),
        ),
      ].join('\n'),
  });
  output.hint(`Next: ml register ${directory}`);
}

/** Validates and hashes a directory, and shows how far that is. */
export async function hashWithProgress(
  output: CommandContext['output'],
  directory: string,
): Promise<BuiltPackage> {
  let progress: ByteProgress | undefined;
  try {
    const built = await buildPackage(directory, {
      onStart: ({ files, bytes }) => {
        progress = new ByteProgress({
          output,
          total: bytes,
          label: `Hashing ${plural(files, 'file')}`,
        });
      },
      onBytes: count => progress?.add(count),
    });
    progress?.finish(
      `Checked and hashed ${plural(built.layers.length, 'file')}, ${formatBytes(
        built.size,
      )}`,
    );
    return built;
  } finally {
    progress?.stop();
  }
}
