import type { HttpAuthService } from '@backstage/backend-plugin-api';
import { LINEAGE_DIRECTIONS } from '@ml-platform/plugin-ml-common';
import type express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { toContext } from '../http/requestContext';
import { pageQuerySchema, validate } from '../http/validate';
import type { RegistryService } from '../registry/RegistryService';
import { type LineageService, MAX_DEPTH } from './LineageService';
import { toTrainingEvent } from './openlineage/trainingEvent';

const graphSchema = z.object({
  direction: z.enum(LINEAGE_DIRECTIONS).default('both'),
  depth: z.coerce.number().int().min(0).max(MAX_DEPTH).default(5),
});

const datasetSchema = z.string().min(1).max(4000);

export function createLineageRouter(options: {
  lineage: LineageService;
  registry: RegistryService;
  /** Namespace of OpenLineage events. */
  namespace: string;
  httpAuth: HttpAuthService;
}): express.Router {
  const { httpAuth, lineage, namespace, registry } = options;
  const router = Router();
  const path = '/models/:model/versions/:version';

  router.get(`${path}/lineage`, async (request, response) => {
    const context = await toContext(request, httpAuth);
    const { model, version } = request.params;
    const query = validate(graphSchema, request.query);
    response.json(await lineage.getGraph(context, model, version, query));
  });

  router.get(`${path}/openlineage`, async (request, response) => {
    const context = await toContext(request, httpAuth);
    const { model, version } = request.params;
    const found = await registry.getVersion(context, model, version);
    response.json(toTrainingEvent(found, namespace));
  });

  router.get('/datasets/:dataset/versions', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const dataset = validate(datasetSchema, request.params.dataset);
    const query = validate(pageQuerySchema, request.query);
    response.json(await lineage.listDatasetUses(context, dataset, query));
  });

  return router;
}
