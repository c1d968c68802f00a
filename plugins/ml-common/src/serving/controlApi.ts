import { z } from 'zod';
import { digestSchema } from '../oci/manifest';
import { batchingSchema, checkBatching } from '../package/batching';
import {
  checkFormatBlocks,
  containerSchema,
  FORMATS,
  mlserverSchema,
} from '../package/formats';
import { modelInterfaceSchema } from '../interface/tensors';
import { monitoringSchema } from '../package/monitoring';
import { modelNameSchema, versionSchema } from '../package/names';
import { resourcesSchema } from '../package/resources';
import { ENVIRONMENTS } from '../releases/types';
import type { ExperimentStatus } from './experiment';
import type { RolloutStatus } from './rollout';

/**
 * A version that the data plane shall hold ready: everything a worker needs.
 * @public
 */
export const servedVersionSchema = z
  .strictObject({
    version: versionSchema,
    format: z.enum(FORMATS),
    /** OCI repository and manifest digest, to be pulled from the artifact store. */
    repository: z.string().min(1),
    digest: digestSchema,
    /** Path of the artifact inside the package; a container needs none. */
    artifact: z.string().min(1).optional(),
    interface: modelInterfaceSchema,
    /** Of a version with the format of that name. */
    mlserver: mlserverSchema.optional(),
    container: containerSchema.optional(),
    resources: resourcesSchema.optional(),
    batching: batchingSchema.optional(),
    /** As the package has it; the server's own settings hold where it is silent. */
    monitoring: monitoringSchema.optional(),
  })
  .superRefine(checkFormatBlocks)
  .superRefine(checkBatching);

/** @public */
export type ServedVersion = z.infer<typeof servedVersionSchema>;

/** @public */
export const splitSchema = z
  .array(
    z.strictObject({
      version: versionSchema,
      /** Relative weight; the share is the weight over the sum of weights. */
      weight: z.number().min(0).max(1_000_000),
    }),
  )
  .min(1)
  .refine(
    split => split.some(part => part.weight > 0),
    'at least one weight must be above 0',
  );

/** @public */
export type Split = z.infer<typeof splitSchema>;

/**
 * Where requests go. Replaced as a whole, never edited.
 * @public
 */
export const routesSchema = z.strictObject({
  /** Counts up with each change; an older one than the accepted is refused. */
  generation: z.int().min(1),
  /** Split of requests that name no version. */
  split: splitSchema,
  /** Split of requests pinned to an API version, by major. */
  majors: z.record(z.string().regex(/^\d+$/), splitSchema),
  /** Deprecated versions, by version: their callers are told with each answer. */
  deprecations: z
    .record(
      versionSchema,
      z.strictObject({ at: z.iso.datetime(), sunset: z.iso.datetime() }),
    )
    .optional(),
  /** The good version before the live one: where an emergency rollback goes. */
  fallback: versionSchema.optional(),
});

/** @public */
export type Routes = z.infer<typeof routesSchema>;

/** @public */
export type ServedState =
  | 'pulling'
  | 'installing'
  | 'starting'
  | 'ready'
  | 'restarting'
  | 'failed';

/**
 * What stands behind a reason, for programs and for the page on
 * troubleshooting.
 * @public
 */
export const SERVING_PROBLEMS = [
  'PULL_FAILED',
  'INSTALL_FAILED',
  'PYTHON_MISSING',
  'ENGINE_MISSING',
  'LOAD_REFUSED',
  'START_TIMEOUT',
  'WORKER_DIED',
  'WORKER_HUNG',
  'MEMORY_EXCEEDED',
] as const;

/** @public */
export type ServingProblem = (typeof SERVING_PROBLEMS)[number];

/** @public */
export interface ReplicaCounts {
  ready: number;
  /** As many as the load asks for now. */
  wanted: number;
  min: number;
  max: number;
}

/** @public */
export interface ServedVersionStatus {
  version: string;
  digest: string;
  state: ServedState;
  /** Why it is not ready, in one sentence; of a ready one, what is wrong with a replica. */
  reason?: string;
  /** The kind of problem behind the reason. */
  problem?: ServingProblem;
  replicas?: ReplicaCounts;
  /** Resident memory of all replicas, in bytes. */
  memoryBytes?: number;
  /** Requests that replicas work on, that wait, and that were refused for want of room. */
  active?: number;
  waiting?: number;
  refused?: number;
  /** Requests answered since the worker's first start, and those that failed. */
  requests: number;
  errors: number;
}

/** @public */
export interface ServedModelStatus {
  environment: (typeof ENVIRONMENTS)[number];
  model: string;
  versions: ServedVersionStatus[];
  /** Absent until the first routes are accepted. */
  routes?: Routes;
  /** The newest rollout, which may be over. */
  rollout?: RolloutStatus;
  /** The experiment that runs. */
  experiment?: ExperimentStatus;
  /** The newest emergency rollback, while its routes are in force. */
  emergency?: EmergencyRollback;
}

/**
 * A rollback that the data plane was asked for directly, because the control
 * plane was away; that one adopts it when it is back.
 * @public
 */
export const emergencyRollbackSchema = z.strictObject({
  id: z.uuid(),
  at: z.iso.datetime(),
  from: versionSchema,
  to: versionSchema,
  /** Who, and why, as far as they were told. */
  cause: z.string().min(1).max(1_000),
  /** Of the routes that it set. */
  generation: z.int().min(1),
  /** Id of the experiment that it ended. */
  experiment: z.string().optional(),
});

/** @public */
export type EmergencyRollback = z.infer<typeof emergencyRollbackSchema>;

/** @public */
export const emergencyRequestSchema = z.strictObject({
  /** Sent again with the same one, a request changes nothing. */
  id: z.uuid(),
  /** The version before the live one when absent. */
  version: versionSchema.optional(),
  cause: z.string().min(1).max(1_000),
});

/** @public */
export type EmergencyRequest = z.infer<typeof emergencyRequestSchema>;

/** What an emergency rollback did: a rollout under way was aborted, or routes were changed. @public */
export interface EmergencyAnswer {
  from: string;
  to: string;
  /** Id of the rollout that was aborted. */
  rollout?: string;
}

/** @public */
export interface ServingStatus {
  models: ServedModelStatus[];
}

/** @public */
export const servedModelKeySchema = z.strictObject({
  environment: z.enum(ENVIRONMENTS),
  model: modelNameSchema,
});

/** @public */
export type ServedModelKey = z.infer<typeof servedModelKeySchema>;
