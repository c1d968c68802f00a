import { z } from 'zod';

const replicas = (description: string, example: number) =>
  z
    .int()
    .min(1)
    .max(32)
    .meta({ description, examples: [example] })
    .optional();

/**
 * What a version asks of the machine it runs on. Everything has a default, and
 * the inference server's own bounds cap all of it.
 * @public
 */
export const resourcesSchema = z.strictObject({
  replicas: z
    .strictObject({
      min: replicas('Replicas that always run. Default: 1.', 1),
      max: replicas('Replicas under load. Default: the same as `min`.', 2),
    })
    .refine(
      ({ min = 1, max = min }) => min <= max,
      'max must not be below min (1 when not given)',
    )
    .meta({ description: 'How many processes serve the version.' })
    .optional(),
  scaleToZeroSeconds: z
    .int()
    .min(1)
    .max(86_400)
    .meta({
      description:
        'In staging only: without a request for this long, no process is left; the next request starts one and waits for it.',
      examples: [900],
    })
    .optional(),
  concurrency: z
    .int()
    .min(1)
    .max(1000)
    .meta({
      description:
        'Requests that one replica gets at a time; others wait. Default: 8.',
      examples: [4],
    })
    .optional(),
  queue: z
    .strictObject({
      length: z
        .int()
        .min(0)
        .max(10_000)
        .meta({
          description: 'Requests that may wait. Default: 256.',
          examples: [100],
        })
        .optional(),
      waitMs: z
        .int()
        .min(1)
        .max(60_000)
        .meta({
          description:
            'A request that would wait longer is refused at once. Default: 5000.',
          examples: [500],
        })
        .optional(),
    })
    .meta({ description: 'Requests that wait for a replica.' })
    .optional(),
  latencyMs: z
    .int()
    .min(1)
    .max(60_000)
    .meta({
      description:
        'Another replica starts when requests take longer than this, waiting included (99th percentile). Default: replicas follow the load alone.',
      examples: [50],
    })
    .optional(),
  timeoutSeconds: z
    .int()
    .min(1)
    .max(3600)
    .meta({
      description: 'A request may take this long. Default: 60.',
      examples: [10],
    })
    .optional(),
  startSeconds: z
    .int()
    .min(1)
    .max(3600)
    .meta({
      description:
        'A replica may take this long until it is ready. Default: 120.',
      examples: [60],
    })
    .optional(),
  memoryMiB: z
    .int()
    .min(16)
    .max(1_048_576)
    .meta({
      description: 'A replica that uses more memory is ended. Default: 2048.',
      examples: [512],
    })
    .optional(),
  threads: z
    .int()
    .min(1)
    .max(256)
    .meta({
      description: 'Threads that compute one request. Default: 1.',
      examples: [2],
    })
    .optional(),
});

/** @public */
export type Resources = z.infer<typeof resourcesSchema>;
