import type { HttpAuthService } from '@backstage/backend-plugin-api';
import {
  CYCLONEDX_MEDIA_TYPE,
  digestSchema,
  ENVIRONMENTS,
  type Model,
  modelNameSchema,
  toCycloneDx,
  versionSchema,
} from '@ml-platform/plugin-ml-common';
import type { ServingTarget } from '@ml-platform/plugin-ml-node';
import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { toContext } from '../http/requestContext';
import { pageQuerySchema, validate } from '../http/validate';
import type { DeploymentViews } from '../releases/DeploymentViews';
import { inferenceOpenApi } from './inferenceOpenApi';
import type { RegistryService } from './RegistryService';

const registerSchema = z.strictObject({
  version: versionSchema,
  digest: digestSchema,
  draft: z.boolean().optional(),
});

const listModelsSchema = pageQuerySchema.extend({
  q: z.string().max(200).optional(),
});

export function createRegistryRouter(options: {
  registry: RegistryService;
  deployments: DeploymentViews;
  target: ServingTarget;
  httpAuth: HttpAuthService;
}): express.Router {
  const { deployments, httpAuth, registry, target } = options;
  const router = Router();

  router.get('/models', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const query = validate(listModelsSchema, request.query);
    const page = await registry.listModels(context, query);
    const live = await deployments.ofModels(page.items.map(({ name }) => name));
    response.json({
      ...page,
      items: page.items.map(
        (model): Model => ({
          ...model,
          deployments: live.filter(entry => entry.model === model.name),
        }),
      ),
    });
  });

  router.get('/models/:model', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const model = await registry.getModel(context, request.params.model);
    response.json({
      ...model,
      deployments: await deployments.ofModels([model.name]),
    } satisfies Model);
  });

  router.get('/models/:model/versions', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const query = validate(pageQuerySchema, request.query);
    response.json(
      await registry.listVersions(context, request.params.model, query),
    );
  });

  router.post(
    '/models/:model/versions',
    express.json({ limit: '64kb' }),
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const name = validate(modelNameSchema, request.params.model);
      const body = validate(registerSchema, request.body);
      const { version, created } = await registry.registerVersion(
        context,
        name,
        body,
      );
      response.status(created ? 201 : 200).json(version);
    },
  );

  router.get('/models/:model/versions/:version', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const { model, version } = request.params;
    response.json(await registry.getVersion(context, model, version));
  });

  router.get(
    '/models/:model/versions/:version/bom',
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const { model, version } = request.params;
      response
        .type(CYCLONEDX_MEDIA_TYPE)
        .send(
          JSON.stringify(
            toCycloneDx(await registry.getVersion(context, model, version)),
          ),
        );
    },
  );

  router.get(
    '/models/:model/versions/:version/openapi',
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const model = await registry.getModel(context, request.params.model);
      const version = await registry.getVersion(
        context,
        model.name,
        request.params.version,
      );
      response.json(
        inferenceOpenApi({
          version,
          title: model.title,
          servers: [...ENVIRONMENTS].reverse().map(environment => ({
            url: target.getGatewayUrl(environment),
            description: environment,
          })),
        }),
      );
    },
  );

  return router;
}
