import type { HttpAuthService } from '@backstage/backend-plugin-api';
import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { toContext } from '../http/requestContext';
import { validate } from '../http/validate';
import type { SizeExceptionService } from './SizeExceptionService';

const requestSchema = z.strictObject({
  // A pebibyte: what is meant to be bytes and is not shall not pass unseen.
  maxBytes: z
    .number()
    .int()
    .positive()
    .max(2 ** 50),
  expiresAt: z.iso
    .date()
    .or(z.iso.datetime({ offset: true }))
    .describe('ISO 8601'),
  reason: z.string().min(1).max(2000),
});

export function createLimitsRouter(options: {
  limits: SizeExceptionService;
  httpAuth: HttpAuthService;
}): express.Router {
  const { httpAuth, limits } = options;
  const router = Router();

  router.get('/models/:model/limits', async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json(await limits.get(context, request.params.model));
  });

  router.post(
    '/models/:model/limits/exceptions',
    express.json({ limit: '64kb' }),
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const body = validate(requestSchema, request.body);
      response
        .status(202)
        .json(await limits.request(context, request.params.model, body));
    },
  );

  router.delete(
    '/models/:model/limits/exceptions/:id',
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const { id, model } = request.params;
      response.json(await limits.revoke(context, model, id));
    },
  );

  return router;
}
