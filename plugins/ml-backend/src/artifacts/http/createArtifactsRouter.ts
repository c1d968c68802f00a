import { randomUUID } from 'node:crypto';
import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  mlArtifactPullPermission,
  mlArtifactPushPermission,
} from '@ml-platform/plugin-ml-common';
import { type Request, type Response, Router } from 'express';
import type { EmbeddedArtifactStore } from '../EmbeddedArtifactStore';
import { OciError } from '../OciError';
import { checkRepository } from '../references';
import {
  ArtifactAccess,
  type ArtifactAccessOptions,
  denied,
} from './ArtifactAccess';
import type { ReadableStore } from './ArtifactRequest';
import { emptyStore } from './emptyStore';
import { type ArtifactRoute, artifactRoutes, pullRoutes } from './routes';
import { sendError } from './sendError';

export interface ArtifactsRouterOptions<TStore = EmbeddedArtifactStore>
  extends ArtifactAccessOptions {
  store: TStore;
  logger: LoggerService;
}

/**
 * The OCI distribution API 1.1, to be mounted at `/v2` of the root router. It
 * authenticates by itself, before it reads a byte of a body.
 */
export function createArtifactsRouter(options: ArtifactsRouterOptions): Router {
  return createOciRouter(options, artifactRoutes);
}

/**
 * The part of it that reads, from a store that somebody else runs: those who
 * serve models need the rights and the address of the portal only.
 */
export function createPullRouter(
  options: ArtifactsRouterOptions<ReadableStore>,
): Router {
  return createOciRouter(options, pullRoutes);
}

function createOciRouter<TStore>(
  options: ArtifactsRouterOptions<TStore>,
  routes: ArtifactRoute<TStore>[],
): Router {
  const { store, logger } = options;
  const access = new ArtifactAccess(options);
  const router = Router();
  router.use((req, res) => {
    // Nobody between here and the client may compress: lengths would be lost.
    const requestId = requestIdOf(req);
    res.set({
      'Cache-Control': 'private, no-transform',
      'Docker-Distribution-API-Version': 'registry/2.0',
      'X-Request-Id': requestId,
    });
    answer(req, res, { store, access, requestId, routes }).catch(error =>
      sendError(error, { req, res, logger }),
    );
  });
  return router;
}

async function answer<TStore>(
  req: Request,
  res: Response,
  options: {
    store: TStore;
    routes: ArtifactRoute<TStore>[];
    access: ArtifactAccess;
    requestId: string;
  },
): Promise<void> {
  const { store, access, requestId, routes } = options;
  const path = decodeURIComponent(req.path);
  if (path === '/' && (req.method === 'GET' || req.method === 'HEAD')) {
    await access.authenticate(req, { requestId });
    res.status(200).json({});
    return;
  }
  const matching = routes.filter(route => route.path.test(path));
  const route = matching.find(({ method }) => method === req.method);
  const [, repository = '', reference = ''] =
    (route ?? matching[0])?.path.exec(path) ?? [];
  const permission = route?.permission ?? mlArtifactPushPermission;
  const attempt = { permission, repository };
  const authenticated = await access.authenticate(req, { requestId, attempt });
  if (!route) throw noRoute(req, matching);
  const decision = await access.decide(authenticated, attempt);
  const isHidden =
    decision === 'hidden' && permission.name === mlArtifactPullPermission.name;
  if (decision !== 'allowed' && !isHidden) throw denied(authenticated, attempt);
  checkRepository(repository);
  await route.handle({
    req,
    res,
    store: isHidden ? (emptyStore as TStore) : store,
    caller: authenticated.caller,
    repository,
    reference,
    baseUrl: req.baseUrl,
    may: (other, from = repository) =>
      access.isAllowed(authenticated, { permission: other, repository: from }),
    mayStill: () => access.isStillAllowed(req, { requestId, attempt }),
    mayReadAll: () => access.canReadAll(authenticated),
  });
}

/** The caller's own id, or else a new one. */
function requestIdOf(req: Request): string {
  const given = req.header('x-request-id');
  return given && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}

function noRoute(req: Request, matching: { method: string }[]): OciError {
  if (!matching.length) {
    return new OciError({
      status: 404,
      code: 'UNSUPPORTED',
      message: `there is no ${req.method} ${req.originalUrl.slice(
        0,
        300,
      )} in the OCI distribution API of this store`,
    });
  }
  const methods = [...new Set(matching.map(({ method }) => method))];
  return new OciError({
    status: 405,
    code: 'UNSUPPORTED',
    message: `${req.method} is not supported here; ${methods.join(', ')} are`,
    headers: { Allow: methods.join(', ') },
  });
}
