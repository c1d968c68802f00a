import { z } from 'zod';
import { aliasNameSchema, aliasPolicySchema } from '../registry/aliases';
import { freezeWindowSchema } from '../releases/freezes';
import { ENVIRONMENTS } from '../releases/types';
import { rolloutSettingsSchema } from '../serving/rollout';
import { entityRef } from './entityRef';

/**
 * The roles, from the one that may least.
 * @public
 */
export const ROLES = [
  'ml-viewer',
  'ml-engineer',
  'platform-admin',
  'data-access-auditor',
] as const;

/** @public */
export type Role = (typeof ROLES)[number];

/** How much a team may do. @public */
export const quotaPolicySchema = z.strictObject({
  /** Models of one team that are live in staging at a time. */
  stagingDeploymentsPerTeam: z.number().int().min(0).max(10_000),
  /** Releases to production that one team may ask for within 24 hours. */
  productionReleasesPerTeamPerDay: z.number().int().min(0).max(10_000),
});

/** Who has which role. @public */
export const rolesPolicySchema = z.strictObject({
  'ml-viewer': z.array(entityRef).max(1_000),
  'ml-engineer': z.array(entityRef).max(1_000),
  'platform-admin': z
    .array(entityRef)
    .min(1, 'must name somebody, or nobody could change it back')
    .max(1_000),
  'data-access-auditor': z.array(entityRef).max(1_000),
} satisfies Record<Role, z.ZodType>);

/** Of all canaries; the probability of a false alarm is shared among the steps. */
const canaryPolicySchema = rolloutSettingsSchema.refine(
  ({ judge, steps }) => judge.steps >= steps.length,
  {
    path: ['judge', 'steps'],
    message:
      'must be the number of steps at least, which share the rate of false alarms',
  },
);

/** How versions get to production. @public */
export const releasesPolicySchema = z.strictObject({
  /** How a version takes over unless another way is asked for. */
  productionStrategy: z.enum(['canary', 'blueGreen', 'shadow']),
});

/** Whose bytes production takes. @public */
export const signaturesPolicySchema = z.strictObject({
  /** Whether production takes versions only that somebody trusted has signed. */
  requiredForProduction: z.boolean(),
});

/** What has to be evaluated. @public */
export const evaluationPolicySchema = z.strictObject({
  /** Environments that take versions only that passed their evaluation. */
  requiredFor: z.array(z.enum(ENVIRONMENTS)).max(ENVIRONMENTS.length),
});

/** How large things may be. @public */
export const artifactsPolicySchema = z.strictObject({
  /** Of a model's artifact, in bytes, unless the model has an exception. */
  maxArtifactBytes: z
    .int()
    .min(1)
    .max(100 * 1024 ** 4),
});

/** What aliases ask for on every model. @public */
export const aliasesPolicySchema = z.strictObject({
  /** Evidence by name of the alias, e.g. `champion: [signed]`. */
  evidence: z.record(aliasNameSchema, aliasPolicySchema.shape.evidence),
});

/**
 * What is governed as data, by key: each is a value as a whole, versioned, and
 * changed with the approval of a second person only.
 * @public
 */
export const policySchemas = {
  quotas: quotaPolicySchema,
  releases: releasesPolicySchema,
  canary: canaryPolicySchema,
  freezes: z.array(freezeWindowSchema).max(100),
  signatures: signaturesPolicySchema,
  evaluation: evaluationPolicySchema,
  aliases: aliasesPolicySchema,
  artifacts: artifactsPolicySchema,
  roles: rolesPolicySchema,
};

/** @public */
export type PolicyKey = keyof typeof policySchemas;

/** @public */
export type PolicyValue<K extends PolicyKey = PolicyKey> = z.infer<
  (typeof policySchemas)[K]
>;

/** @public */
export type PolicyValues = { [K in PolicyKey]: PolicyValue<K> };

/** @public */
export const POLICY_KEYS = Object.keys(policySchemas) as PolicyKey[];
