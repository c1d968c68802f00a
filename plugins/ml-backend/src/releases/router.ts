import type { HttpAuthService } from '@backstage/backend-plugin-api';
import {
  ENVIRONMENTS,
  RELEASE_RULES,
  RELEASE_STATES,
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
import type { ReleaseExceptions } from './admission/ReleaseExceptions';
import type { ReleaseInsights } from './ReleaseInsights';
import type { ReleaseService } from './ReleaseService';
import type { RolloutSteering } from './RolloutSteering';
import type { Undeployment } from './Undeployment';

const environment = z.enum(ENVIRONMENTS);
const reason = z.string().min(1).max(2000).optional();

const createSchema = z.strictObject({
  environment,
  version: versionSchema,
  strategy: z.enum(STRATEGIES).optional(),
  evaluate: z.boolean().optional(),
  supersedes: z.string().max(36).optional(),
  reason,
});
const promoteSchema = z.strictObject({
  version: versionSchema.optional(),
  strategy: z.enum(STRATEGIES).optional(),
  evaluate: z.boolean().optional(),
  supersedes: z.string().max(36).optional(),
  reason,
});
const exceptionSchema = z.strictObject({
  rule: z.enum(RELEASE_RULES),
  version: versionSchema.optional(),
  environment: environment.optional(),
  release: z.string().max(36).optional(),
  reason: z.string().min(1).max(2000),
});
const statsQuerySchema = z.object({
  days: z.coerce.number().int().min(1).max(366).default(30),
});
const outlookQuerySchema = z.object({ environment });
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
  kind: z.enum(['deploy', 'rollback']).optional(),
  state: z
    .string()
    .transform(text => text.split(','))
    .pipe(z.array(z.enum(RELEASE_STATES)))
    .optional(),
  requestedBy: z.string().max(255).optional(),
});

export function createReleasesRouter(options: {
  releases: ReleaseService;
  undeployment: Undeployment;
  steering: RolloutSteering;
  insights: ReleaseInsights;
  exceptions: ReleaseExceptions;
  deployments: DeploymentViews;
  httpAuth: HttpAuthService;
}): express.Router {
  const {
    deployments,
    exceptions,
    httpAuth,
    insights,
    releases,
    steering,
    undeployment,
  } = options;
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

  router.post('/models/:model/promotions', json, async (request, response) => {
    const context = await toContext(request, httpAuth);
    const body = validate(promoteSchema, request.body ?? {});
    response
      .status(202)
      .json(
        await releases.promote(
          context,
          request.params.model,
          body,
          idempotencyKeyOf(request),
        ),
      );
  });

  router.post(
    '/models/:model/release-exceptions',
    json,
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const body = validate(exceptionSchema, request.body);
      const { model } = request.params;
      response.status(202).json(await exceptions.request(context, model, body));
    },
  );

  router.get('/models/:model/release-outlook', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const query = validate(outlookQuerySchema, request.query);
    response.json(
      await releases.getOutlook(
        context,
        request.params.model,
        query.environment,
      ),
    );
  });

  router.delete(
    '/models/:model/deployments/:environment',
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const { model } = request.params;
      const where = validate(environment, request.params.environment);
      await undeployment.undeploy(context, model, where);
      response.status(204).end();
    },
  );

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

  router.get('/release-stats', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const query = validate(statsQuerySchema, request.query);
    response.json(await insights.getStats(context, query));
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
      response.json(await steering.steer(context, id, action, body));
    });
  }

  return router;
}
