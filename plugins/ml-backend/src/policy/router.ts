import type { HttpAuthService } from '@backstage/backend-plugin-api';
import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { toContext } from '../http/requestContext';
import { pageQuerySchema, validate } from '../http/validate';
import type { PolicyService } from './PolicyService';

const changes = z.record(z.string().max(100), z.unknown());

const previewSchema = z.strictObject({ changes });
const proposalSchema = z.strictObject({
  changes,
  reason: z.string().trim().min(1).max(2000),
});

const number = z.coerce.number().int().min(0);
const versionSchema = z.object({ version: number });
const diffSchema = z.object({ from: number.optional() });

export function createPolicyRouter(options: {
  policy: PolicyService;
  httpAuth: HttpAuthService;
}): express.Router {
  const { httpAuth, policy } = options;
  const router = Router();
  const json = express.json({ limit: '256kb' });

  router.get('/policy', async (request, response) => {
    const state = await policy.getState(await toContext(request, httpAuth));
    response.setHeader('etag', `"${state.version}"`);
    response.json(state);
  });

  router.get('/policy/history', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const query = validate(pageQuerySchema, request.query);
    response.json(await policy.history(context, query));
  });

  router.get('/policy/versions/:version', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const { version } = validate(versionSchema, request.params);
    response.json(await policy.getVersion(context, version));
  });

  router.get('/policy/versions/:version/diff', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const { version } = validate(versionSchema, request.params);
    const { from } = validate(diffSchema, request.query);
    response.json(await policy.diff(context, version, from));
  });

  router.post('/policy/previews', json, async (request, response) => {
    const context = await toContext(request, httpAuth);
    const body = validate(previewSchema, request.body);
    const base = baseOf(request);
    response.json(await policy.preview(context, base, body.changes));
  });

  router.post('/policy/proposals', json, async (request, response) => {
    const context = await toContext(request, httpAuth);
    const body = validate(proposalSchema, request.body);
    const proposal = await policy.propose(context, baseOf(request), body);
    response.status(202).json(proposal);
  });

  return router;
}

/** The version that the caller looked at, where they say so. */
function baseOf(request: express.Request): number | undefined {
  const [, version] =
    /^(?:W\/)?"?(\d{1,9})"?$/.exec(request.header('if-match') ?? '') ?? [];
  return version === undefined ? undefined : Number(version);
}
