import {
  type ByteSource,
  checkArtifact,
  type ModelFile,
  type PackageIssue,
  type VersionFile,
} from '@ml-platform/plugin-ml-common';
import type { ArtifactStore } from '@ml-platform/plugin-ml-node';

/**
 * Checks the stored files of a package by its format, reading only the parts
 * of the blobs that tell something.
 */
export async function checkStoredFiles(options: {
  artifacts: ArtifactStore;
  repository: string;
  model: ModelFile;
  files: VersionFile[];
}): Promise<PackageIssue[]> {
  const { artifacts, repository, model, files } = options;
  const { issues } = await checkArtifact({
    model,
    files: files.map(file => ({
      path: file.path,
      open: async () => blobSource(artifacts, repository, file),
    })),
  });
  return issues;
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
