import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type { HttpAuthService } from '@backstage/backend-plugin-api';
import { AUDIT_OUTCOMES } from '@ml-platform/plugin-ml-common';
import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { toContext } from '../http/requestContext';
import { pageQuerySchema, validate } from '../http/validate';
import type { AuditService } from './AuditService';

const time = z.iso
  .datetime({ offset: true })
  .transform(text => new Date(text).toISOString());
const text = z.string().max(512).optional();

const querySchema = pageQuerySchema.extend({
  actor: text,
  action: text,
  without: text,
  resource: text,
  outcome: z.enum(AUDIT_OUTCOMES).optional(),
  since: time.optional(),
  until: time.optional(),
});

const exportSchema = z.strictObject({
  since: time,
  until: time,
  format: z.enum(['jsonl', 'ocsf']).default('jsonl'),
});

const entrySchema = z.strictObject({
  actor: z.string().min(1).max(512),
  action: z.string().regex(/^session\.[a-z-]+$/),
  resource: z.string().min(1).max(512),
  outcome: z.enum(AUDIT_OUTCOMES),
  details: z.record(z.string(), z.string().max(512)).optional(),
});

const positionSchema = z.object({
  position: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
});

const commentSchema = z.strictObject({ comment: z.string().min(1).max(2000) });

export function createAuditRouter(options: {
  auditService: AuditService;
  httpAuth: HttpAuthService;
}): express.Router {
  const { auditService, httpAuth } = options;
  const router = Router();
  router.get('/audit', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const query = validate(querySchema, request.query);
    response.json(await auditService.list(context, query));
  });
  router.post('/audit/events', express.json(), async (request, response) => {
    const context = await toContext(request, httpAuth);
    const entry = validate(entrySchema, request.body);
    await auditService.recordForPlugin(context, entry);
    response.status(201).json({});
  });
  router.get('/audit/status', async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json(await auditService.status(context));
  });
  router.post('/audit/verifications', async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json(await auditService.verify(context));
  });
  router.post(
    '/audit/alerts/:id/close',
    express.json(),
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const { comment } = validate(commentSchema, request.body);
      const { id } = request.params;
      response.json(await auditService.closeAlert(context, id, comment));
    },
  );
  router.get('/audit/export', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const query = validate(exportSchema, request.query);
    const lines = await auditService.export(context, query);
    response.setHeader('content-type', 'application/x-ndjson');
    await pipeline(Readable.from(lines), response);
  });
  router.get('/audit/events/:id', async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json(await auditService.get(context, request.params.id));
  });
  router.get('/audit/events/:id/proof', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const proof = await auditService.prove(context, request.params.id);
    response.type('text/plain').send(proof);
  });
  router.get('/audit/entries/:position/proof', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const { position } = validate(positionSchema, request.params);
    const proof = await auditService.proveAt(context, position);
    response.type('text/plain').send(proof);
  });
  return router;
}
