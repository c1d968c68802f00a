import type { HttpAuthService } from '@backstage/backend-plugin-api';
import type express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { toContext } from '../http/requestContext';
import { validate } from '../http/validate';
import type { AccessService } from './AccessService';

const refs = z.array(z.string().max(255)).max(1_000);
const grantedSchema = z.object({
  subject: refs.or(
    z
      .string()
      .max(255)
      .transform(ref => [ref]),
  ),
});

export function createAccessRouter(options: {
  access: AccessService;
  httpAuth: HttpAuthService;
}): express.Router {
  const { access, httpAuth } = options;
  const router = Router();

  router.get('/access/me', async (request, response) => {
    response.json(await access.getOwn(await toContext(request, httpAuth)));
  });

  router.get('/access/roles', async (request, response) => {
    response.json(await access.getRoles(await toContext(request, httpAuth)));
  });

  router.get('/access/granted', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const { subject } = validate(grantedSchema, request.query);
    response.json(await access.getGranted(context, subject));
  });

  return router;
}
