import type { HttpAuthService } from '@backstage/backend-plugin-api';
import type express from 'express';
import Router from 'express-promise-router';
import { toContext } from '../http/requestContext';
import type { ProofService } from './ProofService';

export function createProofsRouter(options: {
  proofs: ProofService;
  httpAuth: HttpAuthService;
}): express.Router {
  const { httpAuth, proofs } = options;
  const router = Router();

  router.get('/models/:model/trust', async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json(await proofs.getTrust(context, request.params.model));
  });

  router.get(
    '/models/:model/versions/:version/proof',
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const { model, version } = request.params;
      response.json(await proofs.getProof(context, model, version));
    },
  );

  return router;
}
