import { z } from 'zod';

/** Label of a base image that has our inference server in it: the server's version. */
export const SERVER_LABEL = 'io.ml-platform.inference-server';

/** Label of an exported image: digest of the version's manifest. */
export const VERSION_LABEL = 'io.ml-platform.version-digest';

/** The OCI image configuration, as far as we read it; the rest is passed on. */
export const imageConfigSchema = z.looseObject({
  architecture: z.string(),
  os: z.string(),
  variant: z.string().optional(),
  config: z
    .looseObject({
      Env: z.array(z.string()).nullish(),
      Entrypoint: z.array(z.string()).nullish(),
      Labels: z.record(z.string(), z.string()).nullish(),
      ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
    })
    .optional(),
  rootfs: z.looseObject({
    type: z.literal('layers'),
    diff_ids: z.array(z.string()),
  }),
  history: z.array(z.looseObject({})).optional(),
});

export type ImageConfig = z.infer<typeof imageConfigSchema>;
