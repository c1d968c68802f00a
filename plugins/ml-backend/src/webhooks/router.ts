import type { HttpAuthService } from '@backstage/backend-plugin-api';
import { EVENT_TYPES } from '@ml-platform/plugin-ml-common';
import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { toContext } from '../http/requestContext';
import { pageQuerySchema, validate } from '../http/validate';
import type { WebhookService } from './WebhookService';

const createSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(2000),
  types: z.array(z.enum(EVENT_TYPES)).max(EVENT_TYPES.length).optional(),
  model: z.string().min(1).max(63).optional(),
});

export function createWebhooksRouter(options: {
  webhooks: WebhookService;
  httpAuth: HttpAuthService;
}): express.Router {
  const { httpAuth, webhooks } = options;
  const router = Router();

  router.get('/webhooks', async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json({ items: await webhooks.list(context) });
  });

  router.post(
    '/webhooks',
    express.json({ limit: '64kb' }),
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const body = validate(createSchema, request.body);
      response.status(201).json(await webhooks.create(context, body));
    },
  );

  router.get('/webhooks/:id', async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json(await webhooks.get(context, request.params.id));
  });

  router.put('/webhooks/:id/pause', async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json(await webhooks.pause(context, request.params.id));
  });

  router.delete('/webhooks/:id/pause', async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json(await webhooks.resume(context, request.params.id));
  });

  router.post('/webhooks/:id/test', async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.status(202).json(await webhooks.test(context, request.params.id));
  });

  router.delete('/webhooks/:id', async (request, response) => {
    const context = await toContext(request, httpAuth);
    await webhooks.remove(context, request.params.id);
    response.status(204).end();
  });

  router.get('/webhooks/:id/deliveries', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const query = validate(pageQuerySchema, request.query);
    response.json(await webhooks.deliveries(context, request.params.id, query));
  });

  router.post(
    '/webhooks/:id/deliveries/:delivery/replay',
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const { delivery, id } = request.params;
      response.status(202).json(await webhooks.replay(context, id, delivery));
    },
  );

  return router;
}
