import type { HttpAuthService } from '@backstage/backend-plugin-api';
import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { toContext } from '../http/requestContext';
import { validate } from '../http/validate';
import type { EvaluationService } from './EvaluationService';

const attachSchema = z.strictObject({
  bundle: z.base64().min(1),
  report: z.string().min(1),
});
const listSchema = z.object({
  version: z.string().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export function createEvaluationsRouter(options: {
  evaluations: EvaluationService;
  httpAuth: HttpAuthService;
}): express.Router {
  const { evaluations, httpAuth } = options;
  const router = Router();
  const ofVersion = '/models/:model/versions/:version/evaluations';

  router.post(ofVersion, async (request, response) => {
    const context = await toContext(request, httpAuth);
    const { model, version } = request.params;
    response.status(202).json(await evaluations.start(context, model, version));
  });

  router.post(
    `${ofVersion}/attached`,
    express.json({ limit: '8mb' }),
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const { model, version } = request.params;
      const body = validate(attachSchema, request.body);
      response
        .status(201)
        .json(await evaluations.attach(context, model, version, body));
    },
  );

  router.get(`${ofVersion}/gate`, async (request, response) => {
    const context = await toContext(request, httpAuth);
    const { model, version } = request.params;
    response.json(await evaluations.getGate(context, model, version));
  });

  router.get('/models/:model/evaluations', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const query = validate(listSchema, request.query);
    response.json(await evaluations.list(context, request.params.model, query));
  });

  router.get('/evaluations/:id', async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json(await evaluations.get(context, request.params.id));
  });

  return router;
}
