import type { HttpAuthService } from '@backstage/backend-plugin-api';
import { mlAuditReadPermission } from '@ml-platform/plugin-ml-common';
import type express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import type { Authorizer } from '../authorization/Authorizer';
import { toContext } from '../http/requestContext';
import { pageQuerySchema, validate } from '../http/validate';
import type { AuditLog } from './AuditLog';

const querySchema = pageQuerySchema.extend({
  resource: z.string().max(512).optional(),
});

export function createAuditRouter(options: {
  audit: AuditLog;
  authorizer: Authorizer;
  httpAuth: HttpAuthService;
}): express.Router {
  const { audit, authorizer, httpAuth } = options;
  const router = Router();
  router.get('/audit', async (request, response) => {
    const context = await toContext(request, httpAuth);
    await authorizer.require(context, mlAuditReadPermission, 'audit');
    response.json(await audit.list(validate(querySchema, request.query)));
  });
  return router;
}
