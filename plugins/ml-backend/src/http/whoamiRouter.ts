import type { HttpAuthService } from '@backstage/backend-plugin-api';
import { type CallerIdentity, ROLES } from '@ml-platform/plugin-ml-common';
import type express from 'express';
import Router from 'express-promise-router';
import type { PolicySettings } from '../policy/PolicySettings';
import { type RequestContext, toContext } from './requestContext';

export interface WhoamiRouterOptions {
  httpAuth: HttpAuthService;
  policies: PolicySettings;
  /** The entity references that stand for the caller. */
  getOwnershipRefs: (context: RequestContext) => Promise<string[]>;
}

/** Tells callers who they are. */
export function createWhoamiRouter(
  options: WhoamiRouterOptions,
): express.Router {
  const { getOwnershipRefs, httpAuth, policies } = options;
  const router = Router();
  router.get('/whoami', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const refs = await getOwnershipRefs(context);
    const roles = await policies.get('roles');
    response.json({
      identity: context.actor,
      groups: refs.filter(ref => ref.startsWith('group:')),
      roles: ROLES.filter(role =>
        roles[role].some(ref => refs.includes(ref.toLowerCase())),
      ),
    } satisfies CallerIdentity);
  });
  return router;
}
