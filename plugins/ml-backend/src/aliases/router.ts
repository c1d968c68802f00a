import type { HttpAuthService } from '@backstage/backend-plugin-api';
import {
  aliasNameSchema,
  aliasPolicySchema,
  versionSchema,
} from '@ml-platform/plugin-ml-common';
import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { toContext } from '../http/requestContext';
import { validate } from '../http/validate';
import type { AliasService } from './AliasService';

const setSchema = z.strictObject({
  version: versionSchema,
  reason: z.string().min(1).max(2000).optional(),
});

export function createAliasesRouter(options: {
  aliases: AliasService;
  httpAuth: HttpAuthService;
}): express.Router {
  const { aliases, httpAuth } = options;
  const router = Router();
  const json = express.json({ limit: '64kb' });
  const keyOf = (request: express.Request) => ({
    model: request.params.model,
    name: validate(aliasNameSchema, request.params.alias),
  });

  router.get('/models/:model/aliases', async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json({ items: await aliases.list(context, request.params.model) });
  });

  router.put(
    '/models/:model/aliases/:alias',
    json,
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const body = validate(setSchema, request.body);
      response.json(await aliases.set(context, keyOf(request), body));
    },
  );

  router.delete('/models/:model/aliases/:alias', async (request, response) => {
    const context = await toContext(request, httpAuth);
    await aliases.remove(context, keyOf(request));
    response.status(204).end();
  });

  router.get(
    '/models/:model/aliases/:alias/history',
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      response.json({ items: await aliases.history(context, keyOf(request)) });
    },
  );

  router.get('/alias-evidence', async (request, response) => {
    await toContext(request, httpAuth);
    response.json({ items: aliases.evidenceKinds() });
  });

  router.get(
    '/models/:model/aliases/:alias/evidence',
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const { version } = validate(
        z.object({ version: versionSchema }),
        request.query,
      );
      response.json({
        items: await aliases.check(context, keyOf(request), version),
      });
    },
  );

  router.get(
    '/models/:model/aliases/:alias/policy',
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      response.json(await aliases.getPolicy(context, keyOf(request)));
    },
  );

  router.get(
    '/models/:model/aliases/:alias/policy/history',
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      response.json({
        items: await aliases.policyHistory(context, keyOf(request)),
      });
    },
  );

  router.put(
    '/models/:model/aliases/:alias/policy',
    json,
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const policy = validate(aliasPolicySchema, request.body);
      response.json(await aliases.setPolicy(context, keyOf(request), policy));
    },
  );

  return router;
}
