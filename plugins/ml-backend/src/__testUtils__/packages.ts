import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import {
  FILEPATH_ANNOTATION,
  MEDIA_TYPES,
  repositoryOf,
} from '@ml-platform/plugin-ml-common';

/** Files of a package by path. */
export type PackageFiles = Record<string, string | Buffer>;

/** The files of an example model, with changes: text to replace by file, or undefined to leave a file out. */
export function examplePackage(
  name: string,
  changes: Record<
    string,
    [from: string | RegExp, to: string][] | undefined
  > = {},
): PackageFiles {
  const root = resolvePackagePath(
    '@ml-platform/plugin-ml-backend',
    '../../examples',
    name,
  );
  const files: PackageFiles = {};
  for (const entry of readdirSync(root, {
    recursive: true,
    withFileTypes: true,
  })) {
    if (!entry.isFile() || !/\.(yaml|onnx|csv|json)$/.test(entry.name))
      continue;
    const path = relative(root, join(entry.parentPath, entry.name));
    if (path in changes && changes[path] === undefined) continue;
    let content: string | Buffer = readFileSync(join(root, path));
    for (const [from, to] of changes[path] ?? []) {
      const before: string = content.toString();
      if (before.search(from) < 0) throw new Error(`${path} has no ${from}`);
      content = before.replace(from, to);
    }
    files[path] = content;
  }
  return files;
}

/** Pushes a package as any OCI client does, and gives the manifest's digest. */
export async function pushPackage(options: {
  url: string;
  token: string;
  model: string;
  files: PackageFiles;
}): Promise<string> {
  const { files, model, token, url } = options;
  const base = `${url}/v2/${repositoryOf(model)}`;
  const authorization = `Bearer ${token}`;
  const put = async (bytes: Buffer) => {
    const digest = digestOf(bytes);
    const response = await fetch(`${base}/blobs/uploads/?digest=${digest}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/octet-stream' },
      body: bytes,
    });
    if (response.status !== 201) {
      throw new Error(`${response.status} ${await response.text()}`);
    }
    return { digest, size: bytes.length };
  };
  const config = await put(Buffer.from('{}'));
  const layers = [];
  for (const [path, content] of Object.entries(files).sort()) {
    layers.push({
      mediaType: MEDIA_TYPES.doc,
      ...(await put(Buffer.from(content))),
      annotations: { [FILEPATH_ANNOTATION]: path },
    });
  }
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociManifest,
      artifactType: MEDIA_TYPES.modelManifest,
      config: { mediaType: MEDIA_TYPES.modelConfig, ...config },
      layers,
    }),
  );
  const digest = digestOf(manifest);
  const response = await fetch(`${base}/manifests/${digest}`, {
    method: 'PUT',
    headers: { authorization, 'content-type': MEDIA_TYPES.ociManifest },
    body: manifest,
  });
  if (response.status !== 201) {
    throw new Error(`${response.status} ${await response.text()}`);
  }
  return digest;
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The package of a container: an example's documents with another format. */
export function containerPackage(
  version: string,
  interfaceChange?: [from: string, to: string],
): PackageFiles {
  return examplePackage('wine-classifier', {
    'model.onnx': undefined,
    'model.yaml': [
      [/^version: .*$/m, `version: ${version}`],
      [
        /^format: onnx\nartifact: .*$/m,
        `format: container\ncontainer:\n  image: registry.example/wine@sha256:${'0'.repeat(
          64,
        )}\n  port: 8080`,
      ],
      ...(interfaceChange ? [interfaceChange] : []),
    ],
  });
}

/** The package of a pickle, with the name of a fixture of the common package. */
export function picklePackage(
  version: string,
  fixture: string,
  requirements = 'scikit-learn==1.9.1\n',
): PackageFiles {
  const pickle = resolvePackagePath(
    '@ml-platform/plugin-ml-common',
    'src/pickle/__fixtures__',
    fixture,
  );
  return {
    ...examplePackage('wine-classifier', {
      'model.onnx': undefined,
      'model.yaml': [
        [/^version: .*$/m, `version: ${version}`],
        [
          /^format: onnx\nartifact: .*$/m,
          "format: mlserver\nartifact: model.joblib\nmlserver:\n  runtime: sklearn\n  python: '3.11'\n  requirements: requirements.txt",
        ],
      ],
    }),
    'model.joblib': readFileSync(pickle),
    'requirements.txt': requirements,
  };
}
