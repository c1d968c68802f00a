import { InputError } from '@backstage/errors';
import {
  type Card,
  cardSchema,
  checkDocument,
  type Descriptor,
  FILEPATH_ANNOTATION,
  formatIssue,
  MEDIA_TYPES,
  type ModelFile,
  modelFileSchema,
  type OciManifest,
  ociManifestSchema,
  PACKAGE_FILES,
  type PackageIssue,
  suiteHeadSchema,
  type Version,
  type VersionFile,
} from '@ml-platform/plugin-ml-common';
import type { ArtifactStore } from '@ml-platform/plugin-ml-node';
import { parse } from 'yaml';
import type { z } from 'zod';
import { checkStoredFiles } from './storedFiles';

/** A package, read back from the artifact store and found to be valid. */
export interface ReadPackage {
  digest: string;
  model: ModelFile;
  card: Card;
  files: VersionFile[];
  sizeBytes: number;
}

/** Documents larger than this are not read: they are no hand-written YAML. */
const MAX_DOCUMENT_BYTES = 1024 * 1024;
/** What a plan of a release may carry. */
const MAX_SAMPLES = 20;
const MAX_SAMPLE_BYTES = 256 * 1024;

/**
 * Reads a pushed package. It trusts nothing that a client says of it: the
 * documents are validated again and the interface is compared with the model.
 */
export class PackageReader {
  readonly #artifacts: ArtifactStore;

  constructor(options: { artifacts: ArtifactStore }) {
    this.#artifacts = options.artifacts;
  }

  /** @throws InputError that lists everything wrong with the package. */
  async read(repository: string, digest: string): Promise<ReadPackage> {
    const manifest = await this.#readManifest(repository, digest);
    const files = manifest.layers.map(toFile);
    const issues: PackageIssue[] = [];

    const [model, card] = await Promise.all([
      this.#readDocument(
        repository,
        files,
        PACKAGE_FILES.model,
        modelFileSchema,
        issues,
      ),
      this.#readDocument(
        repository,
        files,
        PACKAGE_FILES.card,
        cardSchema,
        issues,
      ),
      this.#readDocument(
        repository,
        files,
        PACKAGE_FILES.suite,
        suiteHeadSchema,
        issues,
      ),
    ]);
    const paths = new Set(files.map(file => file.path));
    if (model) {
      for (const [index, path] of (model.samples ?? []).entries()) {
        if (!paths.has(path)) {
          issues.push({
            file: PACKAGE_FILES.model,
            field: `samples[${index}]`,
            message: `names '${path}', which is not in the package`,
          });
        }
      }
    }
    if (!issues.length && model) {
      issues.push(
        ...(await checkStoredFiles({
          artifacts: this.#artifacts,
          repository,
          model,
          files,
        })),
      );
    }
    if (issues.length || !model || !card) {
      throw new InputError(
        `The package is not valid. ${issues
          .map(formatIssue)
          .join(
            '; ',
          )}. Correct it, run 'ml validate <dir>', and register again.`,
      );
    }
    return {
      digest,
      model,
      card,
      files,
      sizeBytes: files.reduce((sum, file) => sum + file.size, 0),
    };
  }

  async #readManifest(
    repository: string,
    digest: string,
  ): Promise<OciManifest> {
    const stored = await this.#artifacts.getManifest(repository, digest);
    if (!stored) {
      throw new InputError(
        `digest: there is no manifest ${digest} in the repository ${repository}; push the package first, as 'ml register' does`,
      );
    }
    const manifest = ociManifestSchema.safeParse(parseJson(stored.bytes));
    if (
      !manifest.success ||
      manifest.data.artifactType !== MEDIA_TYPES.modelManifest
    ) {
      throw new InputError(
        `digest: the manifest ${digest} is not a ModelPack manifest (artifactType ${MEDIA_TYPES.modelManifest}); package the model with 'ml package'`,
      );
    }
    return manifest.data;
  }

  /** The sample requests of a version; none where they are missing or very large. */
  async readSamples({
    files,
    package: { samples = [] },
    repository,
  }: Pick<Version, 'files' | 'package' | 'repository'>): Promise<string[]> {
    const texts = await Promise.all(
      samples.slice(0, MAX_SAMPLES).map(async path => {
        const file = files.find(candidate => candidate.path === path);
        return file && file.size <= MAX_SAMPLE_BYTES
          ? this.#readText(repository, file.digest)
          : undefined;
      }),
    );
    return texts.filter(text => text !== undefined);
  }

  async #readText(
    repository: string,
    digest: string,
  ): Promise<string | undefined> {
    const blob = await this.#artifacts.openBlob(repository, digest);
    if (!blob) return undefined;
    const chunks: Buffer[] = [];
    for await (const chunk of blob.stream) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString('utf8');
  }

  async #readDocument<T extends z.ZodType>(
    repository: string,
    files: VersionFile[],
    path: string,
    schema: T,
    issues: PackageIssue[],
  ): Promise<z.output<T> | undefined> {
    const file = files.find(candidate => candidate.path === path);
    if (!file) {
      issues.push(missing(path));
      return undefined;
    }
    if (file.size > MAX_DOCUMENT_BYTES) {
      issues.push({
        file: path,
        field: '',
        message: `has ${file.size} bytes; at most ${MAX_DOCUMENT_BYTES} are allowed`,
      });
      return undefined;
    }
    const text = await this.#readText(repository, file.digest);
    if (text === undefined) {
      issues.push({
        file: path,
        field: '',
        message: `its blob ${file.digest} is not in the artifact store; push the package again`,
      });
      return undefined;
    }
    try {
      const result = checkDocument(path, schema, parse(text));
      issues.push(...result.issues);
      return result.data;
    } catch (error) {
      issues.push({
        file: path,
        field: '',
        message: `is not valid YAML: ${(error as Error).message}`,
      });
    }
    return undefined;
  }
}

function missing(path: string): PackageIssue {
  return {
    file: path,
    field: '',
    message: 'is missing; every package has one',
  };
}

function toFile(layer: Descriptor): VersionFile {
  return {
    path: layer.annotations?.[FILEPATH_ANNOTATION] ?? layer.digest,
    digest: layer.digest,
    size: layer.size,
    mediaType: layer.mediaType,
  };
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
