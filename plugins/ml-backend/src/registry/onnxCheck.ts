import {
  type ByteSource,
  checkOnnxArtifact,
  type ModelFile,
  type PackageIssue,
  type VersionFile,
} from '@ml-platform/plugin-ml-common';
import type { ArtifactStore } from '@ml-platform/plugin-ml-node';

/**
 * Compares what a package declares with its ONNX file, reading only the parts
 * of the blob that describe the graph.
 */
export async function checkStoredOnnx(options: {
  artifacts: ArtifactStore;
  repository: string;
  model: ModelFile;
  files: VersionFile[];
}): Promise<PackageIssue[]> {
  const { artifacts, repository, model, files } = options;
  if (model.format !== 'onnx') {
    return [
      {
        file: 'model.yaml',
        field: 'format',
        message: `'${model.format}' cannot be registered yet; export the model to onnx`,
      },
    ];
  }
  const file = files.find(candidate => candidate.path === model.artifact)!;
  return checkOnnxArtifact({
    model,
    source: blobSource(artifacts, repository, file),
  });
}

function blobSource(
  artifacts: ArtifactStore,
  repository: string,
  file: VersionFile,
): ByteSource {
  return {
    size: file.size,
    read: async (offset, length) => {
      const end = Math.min(offset + length, file.size) - 1;
      if (end < offset) return new Uint8Array();
      const blob = await artifacts.openBlob(repository, file.digest, {
        start: offset,
        end,
      });
      if (!blob) {
        throw new Error(`The blob ${file.digest} is gone from ${repository}`);
      }
      const chunks: Buffer[] = [];
      for await (const chunk of blob.stream) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    },
  };
}
