import type { HttpAuthService } from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import {
  ENVIRONMENTS,
  type GitopsStatus,
  modelNameSchema,
} from '@ml-platform/plugin-ml-common';
import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { idempotencyKeyOf, toContext } from '../http/requestContext';
import { pageQuerySchema, validate } from '../http/validate';
import type { GitopsService } from './GitopsService';

const filter = {
  model: modelNameSchema.optional(),
  environment: z.enum(ENVIRONMENTS).optional(),
};
const statusSchema = z.object(filter);
const logSchema = pageQuerySchema.extend({
  ...filter,
  cursor: z
    .string()
    .regex(/^[0-9a-f]{40,64}$/, 'must be the cursor of an earlier answer')
    .optional(),
});
const applySchema = z.strictObject({
  model: modelNameSchema,
  environment: z.enum(ENVIRONMENTS),
});

export function createGitopsRouter(options: {
  /** Absent when no desired state is kept in Git. */
  gitops?: GitopsService;
  httpAuth: HttpAuthService;
}): express.Router {
  const { gitops, httpAuth } = options;
  const router = Router();
  const json = express.json({ limit: '16kb' });
  const enabled = () => {
    if (gitops) return gitops;
    throw new NotFoundError(
      'This platform keeps no desired state in Git; set ml.gitops to have it do so',
    );
  };

  router.get('/gitops/status', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const query = validate(statusSchema, request.query);
    const off: GitopsStatus = { enabled: false, pendingCommits: 0, items: [] };
    response.json(gitops ? await gitops.getStatus(context, query) : off);
  });

  router.get('/gitops/log', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const query = validate(logSchema, request.query);
    response.json(await enabled().getLog(context, query));
  });

  router.post('/gitops/sync', async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json(await enabled().sync(context));
  });

  router.post('/gitops/apply', json, async (request, response) => {
    const context = await toContext(request, httpAuth);
    const body = validate(applySchema, request.body);
    response
      .status(202)
      .json(await enabled().apply(context, body, idempotencyKeyOf(request)));
  });

  return router;
}
