import type { HttpAuthService } from '@backstage/backend-plugin-api';
import {
  ENVIRONMENTS,
  experimentArmsSchema,
  experimentNameSchema,
  stickyHeaderSchema,
} from '@ml-platform/plugin-ml-common';
import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { toContext } from '../http/requestContext';
import { validate } from '../http/validate';
import type { ExperimentService } from './ExperimentService';

const startSchema = z.strictObject({
  environment: z.enum(ENVIRONMENTS),
  name: experimentNameSchema,
  arms: experimentArmsSchema,
  stickyHeader: stickyHeaderSchema.optional(),
  forcible: z.boolean().optional(),
});
const changeSchema = z.strictObject({ arms: experimentArmsSchema });
const keySchema = z.object({
  model: z.string(),
  environment: z.enum(ENVIRONMENTS),
});

export function createExperimentsRouter(options: {
  experiments: ExperimentService;
  httpAuth: HttpAuthService;
}): express.Router {
  const { experiments, httpAuth } = options;
  const router = Router();
  const json = express.json({ limit: '256kb' });
  const all = '/models/:model/experiments';
  const one = '/models/:model/experiments/:environment';

  router.get(all, async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json({
      items: await experiments.list(context, request.params.model),
    });
  });

  router.post(all, json, async (request, response) => {
    const context = await toContext(request, httpAuth);
    const body = validate(startSchema, request.body);
    response
      .status(201)
      .json(await experiments.start(context, request.params.model, body));
  });

  router.put(one, json, async (request, response) => {
    const context = await toContext(request, httpAuth);
    const key = validate(keySchema, request.params);
    const { arms } = validate(changeSchema, request.body);
    response.json(await experiments.change(context, key, arms));
  });

  router.delete(one, async (request, response) => {
    const context = await toContext(request, httpAuth);
    const key = validate(keySchema, request.params);
    response.json(await experiments.stop(context, key));
  });

  return router;
}
