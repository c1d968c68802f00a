import { z } from 'zod';

/** @public */
export const digestSchema = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256:<64 hex digits>');

/** @public */
export const descriptorSchema = z.looseObject({
  mediaType: z.string().min(1),
  digest: digestSchema,
  size: z.int().min(0),
  annotations: z.record(z.string(), z.string()).optional(),
});

/** @public */
export type Descriptor = z.infer<typeof descriptorSchema>;

/**
 * An OCI image manifest as far as we read it.
 * @public
 */
export const ociManifestSchema = z.looseObject({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  artifactType: z.string().optional(),
  config: descriptorSchema,
  layers: z.array(descriptorSchema),
  subject: descriptorSchema.optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

/** @public */
export type OciManifest = z.infer<typeof ociManifestSchema>;
