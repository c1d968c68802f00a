import {
  type LoggerService,
  resolveSafeChildPath,
} from '@backstage/backend-plugin-api';
import {
  buildPackage,
  type BuiltPackage,
  formatBytes,
  noteDigests,
  plural,
} from '@ml-platform/packaging';

/** Packages a folder of the workspace exactly as `ml package` does. */
export async function packageDirectory(options: {
  workspacePath: string;
  directory: string;
  logger: LoggerService;
}): Promise<BuiltPackage> {
  const { directory, logger, workspacePath } = options;
  const path = resolveSafeChildPath(workspacePath, directory);
  for (const note of await noteDigests(path)) logger.info(note);
  const built = await buildPackage(path);
  const { layers, manifest, model, size } = built;
  logger.info(
    `${model.name}@${model.version}: ${plural(
      layers.length,
      'file',
    )}, ${formatBytes(size)}, ${manifest.digest}`,
  );
  return built;
}
