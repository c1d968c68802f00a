import { pipeline } from 'node:stream/promises';
import type { HttpAuthService } from '@backstage/backend-plugin-api';
import {
  BATCH_FORMATS,
  ENVIRONMENTS,
  versionSchema,
} from '@ml-platform/plugin-ml-common';
import type express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { toContext } from '../http/requestContext';
import { validate } from '../http/validate';
import type { BatchJobService } from './BatchJobService';

const format = z.enum(BATCH_FORMATS);

/** A list in the query, as JSON. */
const listSchema = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue('must be a JSON list of texts');
      return z.NEVER;
    }
  })
  .pipe(z.array(z.string().min(1).max(10_000)).max(1_000));

const createSchema = z.object({
  environment: z.enum(ENVIRONMENTS),
  pin: z
    .union([versionSchema, z.string().regex(/^(0|[1-9]\d{0,8})$/)])
    .optional(),
  inputFormat: format,
  outputFormat: format.optional(),
  columns: listSchema.optional(),
  keep: listSchema.optional(),
  missing: z.enum(['reject', 'nan']).optional(),
  maxRejected: z.string().max(20).optional(),
});
const fileSchema = z.enum(['output', 'rejected']);

export function createBatchJobsRouter(options: {
  batchJobs: BatchJobService;
  httpAuth: HttpAuthService;
}): express.Router {
  const { batchJobs, httpAuth } = options;
  const router = Router();

  router.post('/models/:model/batch-jobs', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const query = validate(createSchema, request.query);
    response
      .status(202)
      .json(
        await batchJobs.create(context, request.params.model, query, request),
      );
  });

  router.get('/models/:model/batch-jobs', async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json(await batchJobs.list(context, request.params.model));
  });

  router.get('/batch-jobs/:id', async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json(await batchJobs.get(context, request.params.id));
  });

  router.post('/batch-jobs/:id/cancel', async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json(await batchJobs.cancel(context, request.params.id));
  });

  router.get('/batch-jobs/:id/:file', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const file = validate(fileSchema, request.params.file);
    const { name, size, stream } = await batchJobs.open(
      context,
      request.params.id,
      file,
    );
    response
      .attachment(name)
      .type('application/octet-stream')
      .set({
        'Content-Length': String(size),
        'Content-Security-Policy': "default-src 'none'; sandbox",
        'X-Content-Type-Options': 'nosniff',
        'Cache-Control': 'private, no-store',
      });
    await pipeline(stream, response);
  });

  return router;
}
