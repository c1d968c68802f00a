import {
  checkDocument,
  type Format,
  modelFileSchema,
  type ServedVersion,
} from '@ml-platform/plugin-ml-common';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parse } from 'yaml';
import { z } from 'zod';

/** A folder that cannot be served; the message is for people. */
export class PackageError extends Error {}

/** What is served of a package's folder. */
export interface LocalPackage {
  model: string;
  spec: ServedVersion;
  /** The artifact; of formats whose workers need more than that, the folder. */
  path: string;
}

// Only what serving needs, so that a package may say more than this server knows of.
const { shape } = modelFileSchema;
const servedFields = z.looseObject({
  name: shape.name,
  version: shape.version,
  format: shape.format,
  artifact: shape.artifact,
  interface: shape.interface,
  batching: shape.batching,
  resources: shape.resources,
  mlserver: shape.mlserver,
  container: shape.container,
});

/**
 * Reads `model.yaml` of a package's folder and looks for the artifact.
 * @param formats - those that can be served
 */
export async function readPackage(
  folder: string,
  formats: readonly Format[],
): Promise<LocalPackage> {
  const file = join(folder, 'model.yaml');
  const text = await readFile(file, 'utf8').catch(error => {
    throw new PackageError(`${file} cannot be read: ${error.message}`);
  });
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new PackageError(
      `${file} is not valid YAML: ${(error as Error).message}`,
    );
  }
  const { data, issues } = checkDocument(file, servedFields, value);
  if (!data) {
    throw new PackageError(
      issues
        .map(issue => `${issue.file}: ${issue.field} ${issue.message}`)
        .join('; '),
    );
  }
  const { name, version, format, artifact } = data;
  if (!formats.includes(format)) {
    throw new PackageError(
      `${file}: format is ${format}; this server runs onnx models only, unless --data-dir names a folder for what others need`,
    );
  }
  const needed = artifact ?? (format === 'container' ? '.' : undefined);
  if (needed === undefined) {
    throw new PackageError(
      `${file}: artifact is missing; name the ${
        format === 'onnx' ? 'ONNX ' : ''
      }file`,
    );
  }
  const artifactPath = join(folder, needed);
  const found = await stat(artifactPath).catch(() => undefined);
  if (!found?.isFile() && artifact !== undefined) {
    throw new PackageError(
      `${file}: artifact names '${artifact}', which is not a file in ${folder}`,
    );
  }
  return {
    model: name,
    path: format === 'onnx' ? artifactPath : folder,
    spec: {
      version,
      format,
      artifact,
      interface: data.interface,
      batching: data.batching,
      resources: data.resources,
      ...(data.mlserver && { mlserver: data.mlserver }),
      ...(data.container && { container: data.container }),
      // Of no registry: what identifies it is the artifact itself.
      repository: `local/${name}`,
      digest: await digestOf(found?.isFile() ? artifactPath : file),
    },
  };
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  return `sha256:${hash.digest('hex')}`;
}
