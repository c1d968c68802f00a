import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import {
  composeImage,
  type ImageModel,
  servedBlobs,
} from '../../image/composeImage';
import { readBase } from '../../image/readBase';
import {
  type Content,
  distinctBlobs,
  pushContent,
} from '@ml-platform/packaging';
import { isRegistryReference, parseReference } from '../../oci/parseReference';
import { writeLayoutFolder } from '../../oci/writeLayoutFolder';
import { writeLayoutTar } from '../../oci/writeLayoutTar';
import { ByteProgress } from '../../output/ByteProgress';
import { formatBytes, plural } from '../../output/format';
import { pushReporter } from '../../output/pushReporter';
import { usageError } from '../parseRef';
import { quoteCommand } from '../register/quoteCommand';
import type { ExportOptions } from './command';
import { findSubject } from './findSubject';
import { openBase, openTarget } from './registries';
import { withTemporaryFolder } from './temporaryFolder';

/** What was exported where. */
interface Exported {
  target: string;
  digest: string;
  sizeBytes: number;
  sentBytes?: number;
  skippedBytes?: number;
}

/** `ml export` */
export async function exportVersion(
  context: CommandContext,
  text: string,
  options: ExportOptions,
): Promise<void> {
  const { output } = context;
  checkOptions(options, context.env);
  const resume = `ml ${quoteCommand(context.argv)}`;
  context.onInterrupt(
    () => `Interrupted. Nothing was exported. Begin again with:\n  ${resume}`,
  );
  const { model, close } = await findSubject(context, text, options);
  const { name, version } = model.file;
  let exported: Exported;
  try {
    if (options.image === undefined) {
      exported = await place(context, options, model, model.content);
    } else {
      exported = await exportImage(context, options, model);
    }
  } finally {
    close();
  }
  const what =
    options.image === undefined
      ? `${name}@${version}`
      : `An image of ${name}@${version}`;
  output.done(`${what} is in ${exported.target}`);
  await output.object({
    kind: 'Export',
    name: exported.target,
    data: { model: name, version, versionDigest: model.digest, ...exported },
    text: () =>
      [
        `Version  ${name}@${version}`,
        `Target   ${exported.target}`,
        `Digest   ${exported.digest}`,
        `Size     ${formatBytes(exported.sizeBytes)}`,
      ].join('\n'),
  });
}

function checkOptions(options: ExportOptions, env: NodeJS.ProcessEnv) {
  const { image, layout, referrers, to } = options;
  const targets = [layout, to, image].filter(item => item !== undefined);
  if (targets.length !== 1) {
    throw usageError(
      'Say where to, with exactly one of --layout, --to and --image',
      'See `ml export --help`.',
    );
  }
  if (to !== undefined) parseReference('--to', to, options);
  if (image === undefined) return;
  if (referrers) {
    throw usageError(
      '--referrers goes with --layout and --to; an image is another artifact than the version',
    );
  }
  if (!(options.base ?? env.ML_EXPORT_BASE)) {
    throw usageError(
      '--image needs a base image that has the inference server in it',
      'Name yours with --base or ML_EXPORT_BASE, or make one with: node scripts/baseImage.mjs --out base-image',
    );
  }
}

async function exportImage(
  context: CommandContext,
  options: ExportOptions,
  model: ImageModel,
): Promise<Exported> {
  const { env, output } = context;
  expectRunnable(model);
  const base = await openBase(
    (options.base ?? env.ML_EXPORT_BASE)!,
    options,
    env,
  );
  try {
    const platform = options.platform ?? `linux/${architecture()}`;
    const image = await readBase(base.source, base.reference, platform);
    return await withTemporaryFolder(env, async folder => {
      const progress = new ByteProgress({
        output,
        total: servedBlobs(model).reduce((sum, { size }) => sum + size, 0),
        label: 'Reading the model',
      });
      let content: Content;
      try {
        content = await composeImage({
          ...{ base: image, model, folder },
          onBytes: count => progress.add(count),
        });
      } finally {
        progress.stop();
      }
      return place(context, options, model, content);
    });
  } finally {
    base.source.close();
  }
}

function architecture(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch;
}

function expectRunnable({ file }: ImageModel) {
  if (file.format === 'onnx') return;
  throw new CliError({
    code: 'FORMAT_NOT_RUNNABLE',
    message: `${file.name}@${file.version} is of format ${file.format}, and only onnx versions can be exported as an image`,
    hint:
      file.format === 'container'
        ? 'Its package names an image already, which serves it. The package itself goes with --layout and --to.'
        : 'The server of the base image runs ONNX Runtime. The package itself goes with --layout and --to.',
  });
}

/** Writes content to where the options say. */
async function place(
  context: CommandContext,
  options: ExportOptions,
  model: ImageModel,
  content: Content,
): Promise<Exported> {
  const target = (options.layout ?? options.to ?? options.image)!;
  const { digest } = content.manifest;
  const sizeBytes = distinctBlobs(content).reduce((sum, b) => sum + b.size, 0);
  const isRegistry =
    options.to !== undefined ||
    (options.image !== undefined && isRegistryReference(target));
  if (!isRegistry) {
    await writeLayout(context, { content, target, model, sizeBytes });
    return { target, digest, sizeBytes };
  }
  const option = options.to === undefined ? '--image' : '--to';
  const reference = parseReference(option, target, options);
  if (reference.digest) {
    throw usageError(
      `${option} takes a tag and no digest, which follows from the content`,
    );
  }
  const tag = reference.tag ?? model.file.version;
  const registry = await openTarget(reference, options, context.env);
  try {
    const summary = await pushContent({
      ...{ registry, content, tag, env: context.env },
      reporter: pushReporter(context.output),
      repository: reference.repository,
      onProgress: (done, total) => interruptible(context, done, total),
    });
    const { host, repository } = reference;
    const to = `${host}/${repository}:${tag}`;
    return { target: to, digest, sizeBytes, ...summary };
  } finally {
    registry.close();
  }
}

async function writeLayout(
  context: CommandContext,
  options: {
    content: Content;
    target: string;
    model: ImageModel;
    sizeBytes: number;
  },
) {
  const { content, model, sizeBytes, target } = options;
  const progress = new ByteProgress({
    output: context.output,
    total: sizeBytes,
    label: `Writing ${plural(distinctBlobs(content).length, 'file')}`,
  });
  const write = target.endsWith('.tar') ? writeLayoutTar : writeLayoutFolder;
  try {
    await write({
      ...{ content, target, tag: model.file.version },
      onBytes: count => {
        progress.add(count);
        interruptible(context, Math.min(progress.done, sizeBytes), sizeBytes);
      },
    });
  } catch (error) {
    throw explainDisk(error, target);
  } finally {
    progress.stop();
  }
}

function interruptible(
  { argv, onInterrupt }: CommandContext,
  done: number,
  total: number,
) {
  onInterrupt(
    () =>
      `Interrupted at ${formatBytes(done)} of ${formatBytes(
        total,
      )}. Continue with:\n  ml ${quoteCommand(argv)}`,
  );
}

function explainDisk(error: unknown, target: string): unknown {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (error instanceof CliError || !code || !syscall) return error;
  return new CliError({
    code: 'WRITE_FAILED',
    message: `Cannot write ${target}: ${message}`,
    cause: error,
  });
}
