import { z } from 'zod';
import { rolloutSettingsSchema } from '../serving/rollout';

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

const entityRef = z
  .string()
  .max(255)
  .regex(
    /^(user|group):[a-z0-9._-]+\/[a-z0-9._-]+$/,
    "must be a user or group in full form and lower case, e.g. 'group:default/fraud-team'",
  );

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

/**
 * What is governed as data, by key: each is a value as a whole, versioned, and
 * changed with the approval of a second person only.
 * @public
 */
export const policySchemas = {
  quotas: quotaPolicySchema,
  canary: rolloutSettingsSchema,
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
