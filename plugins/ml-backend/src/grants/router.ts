import type { HttpAuthService } from '@backstage/backend-plugin-api';
import { GRANT_CAPABILITIES } from '@ml-platform/plugin-ml-common';
import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { toContext } from '../http/requestContext';
import { pageQuerySchema, validate } from '../http/validate';
import type { GrantService } from './GrantService';

const ref = (kinds: string, example: string) =>
  z
    .string()
    .max(255)
    .toLowerCase()
    .regex(
      new RegExp(`^(${kinds}):[a-z0-9._-]+/[a-z0-9._-]+$`),
      `must be in full form, e.g. '${example}'`,
    );

const subject = ref('user|group', 'group:default/apps-team');
const model = z.string().min(1).max(63);
const team = ref('user|group', 'group:default/fraud-team');

const listSchema = pageQuerySchema.extend({
  ...{ subject: subject.optional(), model: model.optional() },
  team: team.optional(),
  state: z.enum(['active', 'expired', 'revoked']).optional(),
});

const requestSchema = z
  .strictObject({
    ...{ subject, model: model.optional(), team: team.optional() },
    capability: z.enum(GRANT_CAPABILITIES),
    reason: z.string().trim().min(1).max(2000),
    expiresAt: z.iso
      .date()
      .or(z.iso.datetime({ offset: true }))
      .describe('ISO 8601'),
  })
  .refine(
    request => (request.model === undefined) !== (request.team === undefined),
    'name either a model or a team whose models it is for',
  );

export function createGrantsRouter(options: {
  grants: GrantService;
  httpAuth: HttpAuthService;
}): express.Router {
  const { grants, httpAuth } = options;
  const router = Router();

  router.get('/grants', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const query = validate(listSchema, request.query);
    response.json(await grants.list(context, query));
  });

  router.post(
    '/grants',
    express.json({ limit: '64kb' }),
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const body = validate(requestSchema, request.body);
      response.status(201).json(await grants.create(context, body));
    },
  );

  router.get('/grants/:id', async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json(await grants.get(context, request.params.id));
  });

  router.delete('/grants/:id', async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json(await grants.revoke(context, request.params.id));
  });

  return router;
}
