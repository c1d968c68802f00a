import type { HttpAuthService } from '@backstage/backend-plugin-api';
import { retentionRuleSchema } from '@ml-platform/plugin-ml-common';
import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { toContext } from '../http/requestContext';
import { validate } from '../http/validate';
import type { RetentionService } from './RetentionService';

const previewSchema = z.object({
  keepNewest: z.coerce.number().optional(),
  keepDays: z.coerce.number().optional(),
  protected: z
    .string()
    .transform(text => text.split(',').filter(Boolean))
    .optional(),
});

export function createRetentionRouter(options: {
  retention: RetentionService;
  httpAuth: HttpAuthService;
}): express.Router {
  const { httpAuth, retention } = options;
  const router = Router();
  const path = '/models/:model/retention';

  router.get(path, async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json({ rule: await retention.get(context, request.params.model) });
  });

  router.put(
    path,
    express.json({ limit: '64kb' }),
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const rule = validate(retentionRuleSchema, request.body);
      response.json(await retention.set(context, request.params.model, rule));
    },
  );

  router.delete(path, async (request, response) => {
    const context = await toContext(request, httpAuth);
    await retention.clear(context, request.params.model);
    response.status(204).end();
  });

  router.get(`${path}/preview`, async (request, response) => {
    const context = await toContext(request, httpAuth);
    const query = validate(previewSchema, request.query);
    const other = Object.values(query).some(value => value !== undefined)
      ? validate(retentionRuleSchema, query)
      : undefined;
    response.json(
      await retention.preview(context, request.params.model, other),
    );
  });

  router.post(`${path}/proposals`, async (request, response) => {
    const context = await toContext(request, httpAuth);
    const approval = await retention.propose(context, request.params.model);
    response.status(approval ? 202 : 200).json({ approval });
  });

  return router;
}
