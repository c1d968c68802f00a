import type { HttpAuthService } from '@backstage/backend-plugin-api';
import { type Model, newModelSchema } from '@ml-platform/plugin-ml-common';
import express from 'express';
import Router from 'express-promise-router';
import { toContext } from '../http/requestContext';
import { validate } from '../http/validate';
import type { ModelCreation } from './ModelCreation';

/** Creating models, and asking whether a name is free. */
export function createModelCreationRouter(options: {
  creation: ModelCreation;
  httpAuth: HttpAuthService;
}): express.Router {
  const { creation, httpAuth } = options;
  const router = Router();

  router.post(
    '/models',
    express.json({ limit: '64kb' }),
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const body = validate(newModelSchema, request.body);
      const { model, created } = await creation.create(context, body);
      response
        .status(created ? 201 : 200)
        .json({ ...model, deployments: [] } satisfies Model);
    },
  );

  router.get('/model-names/:name', async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json(await creation.checkName(context, request.params.name));
  });

  return router;
}
