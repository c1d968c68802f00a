import type { LoggerService } from '@backstage/backend-plugin-api';
import express, { type ErrorRequestHandler } from 'express';
import Router from 'express-promise-router';
import type { GitBranch } from '../git/GitBranch';
import { plainUrl, readHook } from './readHook';

/** Larger ones are not needed: the platform looks by itself, only later. */
const LIMIT = '5mb';

const tooLarge: ErrorRequestHandler = (error, _request, response, next) => {
  if (error.type !== 'entity.too.large') next(error);
  else answer(response, 413, `A webhook may have ${LIMIT}`);
};

/**
 * Takes webhooks of GitHub and GitLab. A push to the branch of desired state
 * makes the platform look at once; what it finds there is asked of the server,
 * so nothing that a webhook says is believed but that it is time to look.
 */
export function createHookRouter(options: {
  branch: GitBranch;
  secret: string;
  onPushed: () => void;
  logger: LoggerService;
}): express.Router {
  const { branch, logger, onPushed, secret } = options;
  const router = Router();

  router.post(
    '/',
    express.raw({ type: () => true, limit: LIMIT }),
    (request, response) => {
      const body = Buffer.isBuffer(request.body)
        ? request.body
        : Buffer.alloc(0);
      let hook;
      try {
        hook = readHook(request.headers, body, secret);
      } catch {
        answer(
          response,
          400,
          'The payload is not JSON; choose that content type',
        );
        return;
      }
      if (!hook) {
        logger.warn(
          `A webhook from ${request.ip} is not signed with ml.gitops.webhookSecret`,
        );
        answer(
          response,
          401,
          'X-Hub-Signature-256 or X-Gitlab-Token does not fit the secret of this platform',
        );
        return;
      }
      const concerns =
        hook.kind === 'push' &&
        hook.branch === branch.name &&
        hook.repositories.includes(plainUrl(branch.url));
      if (concerns) onPushed();
      answer(
        response,
        202,
        concerns
          ? 'The platform looks at the repository'
          : 'That changes no desired state',
      );
    },
  );
  router.use(tooLarge);
  return router;
}

function answer(response: express.Response, status: number, message: string) {
  response.status(status).json({ message });
}
