import {
  ENVIRONMENTS,
  RELEASE_STATES,
  VERSION_STATES,
} from '@ml-platform/plugin-ml-common';
import type { z } from 'zod/v3';

type Zod = typeof z;

// What an output schema does not name is cut off, so these say what an action
// gives out, and not only what it looks like.

export function nextCursorOutput(zod: Zod) {
  return zod
    .string()
    .optional()
    .describe('Give it as cursor to get the next page; absent on the last one');
}

export function releaseOutput(zod: Zod) {
  return zod.object({
    id: zod.string().describe('Id of the release, for get-release'),
    number: zod
      .number()
      .describe('Counts up from 1 for each model and environment'),
    model: zod.string(),
    environment: zod.enum(ENVIRONMENTS),
    kind: zod.enum(['deploy', 'rollback']),
    version: zod.string().describe('The version that is to be live'),
    fromVersion: zod
      .string()
      .optional()
      .describe('The version that was live when the release began'),
    state: zod
      .enum(RELEASE_STATES)
      .describe(
        'gate: it waits until its version has passed its evaluation, which the platform runs; approval: it waits for a second person; pending, loading, routing and progressing go on by themselves; the others are final',
      ),
    error: zod.string().optional().describe('Why it failed'),
    reason: zod.string().optional().describe('Given by who asked'),
    requestedBy: zod.string(),
    createdAt: zod.string().describe('ISO 8601'),
    finishedAt: zod.string().optional().describe('ISO 8601'),
  });
}

export function batchJobOutput(zod: Zod) {
  return zod.object({
    id: zod.string().describe('Id of the job, for get-batch-job'),
    model: zod.string(),
    environment: zod.enum(ENVIRONMENTS),
    version: zod
      .string()
      .optional()
      .describe('The version that answers; absent until the job has begun'),
    state: zod
      .enum(['queued', 'running', 'succeeded', 'failed', 'cancelled'])
      .describe('queued and running go on by themselves; the others are final'),
    rows: zod.number().describe('Rows that are dealt with'),
    rejected: zod.number().describe('Rows among them that were rejected'),
    message: zod
      .string()
      .optional()
      .describe('What came of it, or what it waits for'),
    requestedBy: zod.string(),
    createdAt: zod.string().describe('ISO 8601'),
    finishedAt: zod.string().optional().describe('ISO 8601'),
  });
}

export function deploymentOutput(zod: Zod) {
  return zod.object({
    environment: zod.enum(ENVIRONMENTS),
    version: zod
      .string()
      .optional()
      .describe('The live version; absent when none is'),
    since: zod.string().optional().describe('Since when it is live, ISO 8601'),
    by: zod.string().optional().describe('Who made it live'),
    health: zod
      .enum(['healthy', 'starting', 'failed', 'unknown', 'none'])
      .describe(
        'What the serving side says of the live version; unknown: it cannot be asked; none: nothing is live',
      ),
    healthReason: zod.string().optional(),
    rollbackVersion: zod
      .string()
      .optional()
      .describe(
        'Where roll-back would go; absent when there is nothing to go back to',
      ),
    activeRelease: releaseOutput(zod)
      .optional()
      .describe('The release that is under way'),
    lastFailure: releaseOutput(zod)
      .optional()
      .describe(
        'The newest release, where it failed; what was live before still is',
      ),
    endpoint: zod
      .string()
      .describe('Base URL of the model for inference in this environment'),
  });
}

export function modelOutput(zod: Zod) {
  return zod.object({
    name: zod.string(),
    title: zod.string(),
    description: zod.string(),
    owner: zod.string().describe('Entity reference of the owning team'),
    system: zod.string().optional(),
    tags: zod.array(zod.string()),
    latestVersion: zod
      .string()
      .optional()
      .describe('Highest version that is no pre-release'),
    versionCount: zod.number(),
    deployments: zod
      .array(deploymentOutput(zod))
      .describe('One for each environment that it was ever released to'),
  });
}

export function versionOutput(zod: Zod) {
  return zod.object({
    model: zod.string(),
    version: zod.string(),
    state: zod
      .enum(VERSION_STATES)
      .describe(
        'draft: staging only; registered: can be released; deprecated: can still be released, until its sunset; deleted: gone',
      ),
    deprecation: zod
      .object({
        sunset: zod.string().describe('ISO 8601 date on which it ends'),
        reason: zod.string(),
        replacement: zod.string().optional().describe('The version to move to'),
      })
      .optional(),
    aliases: zod.array(zod.string()).describe('Names that point at it now'),
    format: zod.string(),
    description: zod.string(),
    metrics: zod
      .array(
        zod.object({
          type: zod.string(),
          value: zod.union([zod.string(), zod.number()]),
          slice: zod
            .string()
            .optional()
            .describe('The part of the data it was measured on'),
        }),
      )
      .describe('As the model card states them'),
    digest: zod.string().describe('Digest of the OCI manifest'),
    sizeBytes: zod.number(),
    createdAt: zod.string().describe('ISO 8601'),
    createdBy: zod.string(),
  });
}

function tensorsOutput(zod: Zod) {
  return zod.array(
    zod.object({
      name: zod.string(),
      datatype: zod.string().describe('Of the Open Inference Protocol'),
      shape: zod
        .array(zod.number())
        .describe('-1 is a dimension that the caller chooses'),
      description: zod.string().optional(),
      pii: zod.boolean().optional().describe('Carries personal data'),
    }),
  );
}

export function versionDetailsOutput(zod: Zod) {
  return versionOutput(zod).extend({
    interface: zod
      .object({ inputs: tensorsOutput(zod), outputs: tensorsOutput(zod) })
      .describe('What callers send and get'),
    card: zod
      .record(zod.unknown())
      .describe(
        'The model card, in the vocabulary of CycloneDX modelCard: what it is for, its limits, how it was measured',
      ),
    lineage: zod
      .record(zod.unknown())
      .optional()
      .describe('Data, code, parameters and run that it came from'),
    files: zod.array(
      zod.object({
        path: zod.string(),
        digest: zod.string(),
        size: zod.number().describe('Bytes'),
      }),
    ),
  });
}
