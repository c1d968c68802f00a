import { createPermissionRule } from '@backstage/plugin-permission-node';
import { mlModelResourceRef } from '@ml-platform/plugin-ml-node';
import { z } from 'zod';

/** Allows models that one of the given owners owns. */
export const isModelOwner = createPermissionRule({
  name: 'IS_MODEL_OWNER',
  description: 'Allow models that are owned by one of the given entities',
  resourceRef: mlModelResourceRef,
  paramsSchema: z.object({
    claims: z
      .array(z.string())
      .describe('Entity references of users and groups, in full form'),
  }),
  apply: (model, { claims }) => claims.includes(model.owner),
  toQuery: ({ claims }) => ({ key: 'owner' as const, values: claims }),
});

export const mlModelRules = [isModelOwner];
