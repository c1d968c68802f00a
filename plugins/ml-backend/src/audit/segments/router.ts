import type { HttpAuthService } from '@backstage/backend-plugin-api';
import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { toContext } from '../../http/requestContext';
import { validate } from '../../http/validate';
import type { SegmentService } from './SegmentService';

const reason = z.string().min(1).max(2000);
const month = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month, e.g. 2026-11');
const reasonSchema = z.strictObject({ reason });
const holdSchema = z.strictObject({
  reason,
  since: month.optional(),
  until: month.optional(),
});

export function createSegmentsRouter(options: {
  segments: SegmentService;
  httpAuth: HttpAuthService;
}): express.Router {
  const { httpAuth, segments } = options;
  const router = Router();
  router.get('/audit/segments', async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json({ items: await segments.list(context) });
  });
  router.post(
    '/audit/segments/:month/disposal-requests',
    express.json(),
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const body = validate(reasonSchema, request.body);
      response
        .status(202)
        .json(
          await segments.requestDisposal(
            context,
            request.params.month,
            body.reason,
          ),
        );
    },
  );
  router.post('/audit/segments/:month/disposal', async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json(await segments.dispose(context, request.params.month));
  });
  router.get('/audit/holds', async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json({ items: await segments.listHolds(context) });
  });
  router.post('/audit/holds', express.json(), async (request, response) => {
    const context = await toContext(request, httpAuth);
    const body = validate(holdSchema, request.body);
    response.status(201).json(await segments.placeHold(context, body));
  });
  router.post(
    '/audit/holds/:id/release-requests',
    express.json(),
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const body = validate(reasonSchema, request.body);
      response
        .status(202)
        .json(
          await segments.requestRelease(
            context,
            request.params.id,
            body.reason,
          ),
        );
    },
  );
  return router;
}
