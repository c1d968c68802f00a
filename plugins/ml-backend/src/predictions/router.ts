import type { HttpAuthService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import {
  ENVIRONMENTS,
  MAX_TRIED_BYTES,
  versionSchema,
} from '@ml-platform/plugin-ml-common';
import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { toContext } from '../http/requestContext';
import { validate } from '../http/validate';
import type { PredictionService } from './PredictionService';

const environmentSchema = z.enum(ENVIRONMENTS);
const querySchema = z.object({
  version: z
    .union([versionSchema, z.string().regex(/^(0|[1-9]\d{0,8})$/)])
    .optional(),
});

export function createPredictionsRouter(options: {
  predictions: PredictionService;
  httpAuth: HttpAuthService;
}): express.Router {
  const { httpAuth, predictions } = options;
  const router = Router();

  router.post(
    '/models/:model/deployments/:environment/predict',
    // Not parsed: numbers keep their digits, and no parser quotes them in an error.
    express.raw({ limit: MAX_TRIED_BYTES, type: 'application/json' }),
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const { version } = validate(querySchema, request.query);
      if (!Buffer.isBuffer(request.body)) {
        throw new InputError(
          'The request has no body of the content type application/json',
        );
      }
      const key = {
        model: request.params.model,
        environment: validate(environmentSchema, request.params.environment),
      };
      const body: Buffer = request.body;
      response.json(await predictions.try(context, key, { body, version }));
    },
  );

  router.get(
    '/models/:model/versions/:version/sample',
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const { model, version } = request.params;
      const sample = await predictions.getSample(context, { model, version });
      // As it is: its numbers keep their digits.
      response.type('application/json').send(sample);
    },
  );

  router.get(
    '/models/:model/deployments/:environment/traffic',
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const key = {
        model: request.params.model,
        environment: validate(environmentSchema, request.params.environment),
      };
      response.json(await predictions.getTraffic(context, key));
    },
  );

  return router;
}
