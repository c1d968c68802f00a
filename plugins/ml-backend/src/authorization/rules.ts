import { createPermissionRule } from '@backstage/plugin-permission-node';
import {
  GRANT_CAPABILITIES,
  includesCapability,
} from '@ml-platform/plugin-ml-common';
import { mlModelResourceRef } from '@ml-platform/plugin-ml-node';
import { z } from 'zod';

const claims = z
  .array(z.string())
  .describe('Entity references of users and groups, in full form');

/** Allows models that one of the given owners owns. */
export const isModelOwner = createPermissionRule({
  name: 'IS_MODEL_OWNER',
  description: 'Allow models that are owned by one of the given entities',
  resourceRef: mlModelResourceRef,
  paramsSchema: z.object({ claims }),
  apply: (model, params) => params.claims.includes(model.owner),
  toQuery: params => ({ key: 'owner' as const, values: params.claims }),
});

/** Allows models that were granted to one of the given subjects. */
export const isModelGranted = createPermissionRule({
  name: 'IS_MODEL_GRANTED',
  description:
    'Allow models for which one of the given entities has a grant that is neither expired nor revoked',
  resourceRef: mlModelResourceRef,
  paramsSchema: z.object({
    claims,
    capability: z
      .enum(GRANT_CAPABILITIES)
      .describe('What the grant must hold at least'),
  }),
  apply: (model, params) =>
    model.grants.some(
      ({ capability, subject }) =>
        params.claims.includes(subject) &&
        includesCapability(capability, params.capability),
    ),
  toQuery: params => ({
    key: 'grant' as const,
    subjects: params.claims,
    capability: params.capability,
  }),
});

export const mlModelRules = [isModelOwner, isModelGranted];
