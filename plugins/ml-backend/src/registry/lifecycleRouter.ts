import type { HttpAuthService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import {
  ENVIRONMENTS,
  FORMATS,
  type MetricCondition,
  parseMetricCondition,
  VERSION_STATES,
  versionSchema,
} from '@ml-platform/plugin-ml-common';
import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { toContext } from '../http/requestContext';
import { pageQuerySchema, validate } from '../http/validate';
import type { RegistryService } from './RegistryService';
import type { VersionDeletion } from './VersionDeletion';
import type { VersionLifecycle } from './VersionLifecycle';

const reason = z.string().min(1).max(2000);

const deprecationSchema = z.strictObject({
  sunset: z.iso
    .date()
    .or(z.iso.datetime({ offset: true }))
    .describe('ISO 8601'),
  reason,
  replacement: versionSchema.optional(),
});

const list = z
  .string()
  .max(2000)
  .transform(text => text.split(',').filter(Boolean));

const searchSchema = pageQuerySchema.extend({
  q: z.string().max(200).optional(),
  owner: z.string().max(253).optional(),
  tag: list.optional(),
  format: z.enum(FORMATS).optional(),
  state: z.enum(VERSION_STATES).optional(),
  alias: z.string().max(63).optional(),
  liveIn: z.enum(ENVIRONMENTS).optional(),
  metric: list.optional(),
});

/** Search, publish, deprecate and delete. */
export function createLifecycleRouter(options: {
  registry: RegistryService;
  lifecycle: VersionLifecycle;
  deletion: VersionDeletion;
  httpAuth: HttpAuthService;
}): express.Router {
  const { deletion, httpAuth, lifecycle, registry } = options;
  const router = Router();
  const json = express.json({ limit: '64kb' });
  const path = '/models/:model/versions/:version';

  router.get('/versions', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const { metric, tag, ...query } = validate(searchSchema, request.query);
    response.json(
      await registry.searchVersions(context, {
        ...query,
        tags: tag,
        metrics: metric?.map(toCondition),
      }),
    );
  });

  router.post(`${path}/publish`, async (request, response) => {
    const context = await toContext(request, httpAuth);
    const { model, version } = request.params;
    response.json(await lifecycle.publish(context, model, version));
  });

  router.put(`${path}/deprecation`, json, async (request, response) => {
    const context = await toContext(request, httpAuth);
    const { model, version } = request.params;
    const body = validate(deprecationSchema, request.body);
    response.json(await lifecycle.deprecate(context, model, version, body));
  });

  router.delete(`${path}/deprecation`, async (request, response) => {
    const context = await toContext(request, httpAuth);
    const { model, version } = request.params;
    response.json(await lifecycle.undeprecate(context, model, version));
  });

  router.post(`${path}/deletion`, json, async (request, response) => {
    const context = await toContext(request, httpAuth);
    const { model, version } = request.params;
    const body = validate(z.strictObject({ reason }), request.body);
    const result = await deletion.request(context, model, version, body.reason);
    response.status('deleted' in result ? 200 : 202).json(result);
  });

  return router;
}

function toCondition(text: string): MetricCondition {
  const condition = parseMetricCondition(text);
  if (!condition) {
    throw new InputError(
      `metric: '${text}' is no condition; write for instance accuracy>=0.9`,
    );
  }
  return condition;
}
