import type { HttpAuthService } from '@backstage/backend-plugin-api';
import {
  ENVIRONMENTS,
  ROLLOUT_ACTIONS,
  STRATEGIES,
  versionSchema,
} from '@ml-platform/plugin-ml-common';
import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { idempotencyKeyOf, toContext } from '../http/requestContext';
import { pageQuerySchema, validate } from '../http/validate';
import type { DeploymentViews } from './DeploymentViews';
import type { ReleaseService } from './ReleaseService';

const environment = z.enum(ENVIRONMENTS);
const reason = z.string().min(1).max(2000).optional();

const createSchema = z.strictObject({
  environment,
  version: versionSchema,
  strategy: z.enum(STRATEGIES).default('immediate'),
  reason,
});
const steerSchema = z.strictObject({ reason });
const rollbackSchema = z.strictObject({
  environment,
  version: versionSchema.optional(),
  reason,
});
const deploymentsQuerySchema = z.object({
  model: z.string().optional(),
  environment: environment.optional(),
});
const releasesQuerySchema = pageQuerySchema.extend({
  environment: environment.optional(),
});

export function createReleasesRouter(options: {
  releases: ReleaseService;
  deployments: DeploymentViews;
  httpAuth: HttpAuthService;
}): express.Router {
  const { deployments, httpAuth, releases } = options;
  const router = Router();
  const json = express.json({ limit: '64kb' });

  router.get('/deployments', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const query = validate(deploymentsQuerySchema, request.query);
    response.json({ items: await deployments.list(context, query) });
  });

  router.get('/models/:model/releases', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const query = validate(releasesQuerySchema, request.query);
    response.json(
      await releases.listReleases(context, request.params.model, query),
    );
  });

  router.post('/models/:model/releases', json, async (request, response) => {
    const context = await toContext(request, httpAuth);
    const body = validate(createSchema, request.body);
    response
      .status(202)
      .json(
        await releases.createRelease(
          context,
          request.params.model,
          body,
          idempotencyKeyOf(request),
        ),
      );
  });

  router.post('/models/:model/rollbacks', json, async (request, response) => {
    const context = await toContext(request, httpAuth);
    const body = validate(rollbackSchema, request.body);
    response
      .status(202)
      .json(
        await releases.rollback(
          context,
          request.params.model,
          body,
          idempotencyKeyOf(request),
        ),
      );
  });

  router.get('/releases/:id', async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json(await releases.getRelease(context, request.params.id));
  });

  for (const action of ROLLOUT_ACTIONS) {
    router.post(`/releases/:id/${action}`, json, async (request, response) => {
      const context = await toContext(request, httpAuth);
      const body = validate(steerSchema, request.body ?? {});
      const { id } = request.params;
      response.json(await releases.steer(context, id, action, body));
    });
  }

  return router;
}
