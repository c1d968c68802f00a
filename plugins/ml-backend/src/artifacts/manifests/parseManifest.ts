import {
  type Descriptor,
  descriptorSchema as sha256DescriptorSchema,
  MEDIA_TYPES,
  ociManifestSchema,
} from '@ml-platform/plugin-ml-common';
import { z } from 'zod';
import { DIGEST_ALGORITHMS, isDigest } from '../digests';
import { OciError } from '../OciError';

const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const MEDIA_TYPE = /^[A-Za-z0-9][\w!#$&^.+-]*\/[A-Za-z0-9][\w!#$&^.+-]*$/;

const descriptorSchema = sha256DescriptorSchema.extend({
  digest: z
    .string()
    .refine(isDigest, `must be a digest of ${DIGEST_ALGORITHMS.join(' or ')}`),
});

const imageSchema = ociManifestSchema.extend({
  config: descriptorSchema,
  layers: z.array(descriptorSchema),
  subject: descriptorSchema.optional(),
  artifactType: z
    .string()
    .max(255)
    .regex(MEDIA_TYPE, 'must be a media type')
    .optional(),
});

const indexSchema = z.looseObject({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  artifactType: imageSchema.shape.artifactType,
  manifests: z.array(descriptorSchema),
  subject: descriptorSchema.optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

export interface ParsedManifest {
  mediaType: string;
  /** The media type of the config where there is no artifact type. */
  artifactType?: string;
  /** Blobs that have to be in the repository. */
  blobs: Descriptor[];
  /** Manifests that have to be in the repository. */
  manifests: Descriptor[];
  subject?: string;
  annotations?: Record<string, string>;
}

/** @throws OciError that names each wrong field. */
export function parseManifest(
  content: Buffer,
  contentType: string | undefined,
): ParsedManifest {
  const json = parseJson(content);
  const mediaType = mediaTypeOf(json, contentType);
  if (mediaType === MEDIA_TYPES.ociManifest || mediaType === DOCKER_MANIFEST) {
    const manifest = check(imageSchema, json);
    return {
      mediaType,
      artifactType: manifest.artifactType ?? manifest.config.mediaType,
      blobs: [manifest.config, ...manifest.layers].filter(isDistributable),
      manifests: [],
      subject: manifest.subject?.digest,
      annotations: manifest.annotations,
    };
  }
  if (mediaType === MEDIA_TYPES.ociIndex || mediaType === DOCKER_LIST) {
    const index = check(indexSchema, json);
    return {
      mediaType,
      artifactType: index.artifactType,
      blobs: [],
      manifests: index.manifests,
      subject: index.subject?.digest,
      annotations: index.annotations,
    };
  }
  throw invalid(
    `manifests of the media type '${mediaType.slice(
      0,
      200,
    )}' are not supported; use ${MEDIA_TYPES.ociManifest} or ${
      MEDIA_TYPES.ociIndex
    }`,
  );
}

function parseJson(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch (error) {
    throw invalid(`the manifest is not JSON: ${(error as Error).message}`);
  }
}

function mediaTypeOf(json: unknown, contentType: string | undefined): string {
  const declared = contentType?.split(';')[0].trim();
  const inside = (json as { mediaType?: unknown } | null)?.mediaType;
  if (declared && typeof inside === 'string' && inside !== declared) {
    throw invalid(
      `mediaType: is '${inside.slice(
        0,
        200,
      )}', but Content-Type says '${declared}'`,
    );
  }
  const mediaType = declared || inside;
  if (typeof mediaType !== 'string') {
    throw invalid('Content-Type: must be the media type of the manifest');
  }
  return mediaType;
}

// Layers that by their licence may not be pushed are named, but never there.
function isDistributable(descriptor: Descriptor): boolean {
  return !/nondistributable|\.foreign\./.test(descriptor.mediaType);
}

function check<T extends z.ZodType>(schema: T, json: unknown): z.output<T> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw invalid(
    result.error.issues
      .slice(0, 10)
      .map(issue => `${issue.path.join('.') || 'manifest'}: ${issue.message}`)
      .join('; '),
  );
}

function invalid(message: string): OciError {
  return new OciError({ status: 400, code: 'MANIFEST_INVALID', message });
}
