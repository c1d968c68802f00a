import type { HttpAuthService } from '@backstage/backend-plugin-api';
import { decodeJwt } from 'jose';
import { randomUUID } from 'node:crypto';
import express from 'express';
import Router from 'express-promise-router';
import type { BoundedRefusals } from './BoundedRefusals';
import { sessionName } from './sessionName';
import type { SessionUsers } from './SessionUsers';
import type { SignInAudit } from './SignInAudit';

/**
 * Records what programs such as `ml login` do to the session of somebody through
 * the OAuth endpoints of Backstage: consent to them, and tokens given to them,
 * renewed and revoked. Runs before those endpoints.
 */
export function createSessionMiddleware(options: {
  audit: SignInAudit;
  refusals: BoundedRefusals;
  httpAuth: HttpAuthService;
  users: SessionUsers;
}): express.Router {
  const { audit, httpAuth, refusals, users } = options;
  const router = Router();

  for (const [path, decision] of [
    ['/v1/sessions/:id/approve', 'approved'],
    ['/v1/sessions/:id/reject', 'rejected'],
  ]) {
    router.post(path, async (request, response, next) => {
      const { principal } = await httpAuth.credentials(request, {
        allow: ['user'],
      });
      const event = {
        action: 'session.consent',
        user: principal.userEntityRef,
        // Two requests to the log tell of it; by this they belong together.
        details: { decision, operation: randomUUID() },
      } as const;
      // A consent gives a token away: its intent comes first.
      await audit.record({ ...event, outcome: 'intended' });
      beforeAnswer(response, async ok =>
        audit.record({ ...event, outcome: ok ? 'succeeded' : 'failed' }),
      );
      next();
    });
  }

  router.post('/v1/token', (_request, response, next) => {
    beforeAnswer(response, async (ok, body) => {
      if (!ok) {
        const reason = (body as { error?: unknown })?.error;
        return refusals.add(
          'session.token',
          'denied',
          typeof reason === 'string' ? reason.slice(0, 64) : 'Error',
        );
      }
      const given = body as { access_token?: unknown; refresh_token?: unknown };
      const user = subjectOf(given.access_token);
      await audit.record({
        action: 'session.token',
        user,
        outcome: 'succeeded',
      });
      const session = nameOf(given.refresh_token);
      if (session && user) await users.remember(session, user);
      return undefined;
    });
    next();
  });

  router.post(
    '/v1/revoke',
    // The endpoints take both.
    express.urlencoded({ extended: false }),
    express.json(),
    (request, response, next) => {
      const session = nameOf(request.body?.token);
      beforeAnswer(response, async ok => {
        if (!ok) {
          return refusals.add('session.revoke', 'denied', 'invalid_client');
        }
        // Whoever revokes a token has it; whose it was, was known when it was given.
        await audit.record({
          action: 'session.revoke',
          user: session && (await users.find(session)),
          outcome: 'succeeded',
        });
        if (session) await users.forget(session);
        return undefined;
      });
      next();
    },
  );
  return router;
}

/**
 * Lets work be done before the answer goes out; when it fails, the answer is
 * 503 instead, and nothing is given away.
 */
function beforeAnswer(
  response: express.Response,
  work: (ok: boolean, body: unknown) => Promise<void>,
): void {
  const { json, send } = response;
  const hold =
    (answer: (body?: unknown) => express.Response) => (body?: unknown) => {
      response.json = json;
      response.send = send;
      work(response.statusCode < 400, body).then(
        () => answer.call(response, body),
        () =>
          json.call(response.status(503), {
            error: 'temporarily_unavailable',
            error_description:
              'This cannot be recorded in the audit log; try again in a minute.',
          }),
      );
      return response;
    };
  response.json = hold(json);
  response.send = hold(send);
}

function nameOf(token: unknown): string | undefined {
  return typeof token === 'string' ? sessionName(token) : undefined;
}

/** Of a token that the platform issued just now. */
function subjectOf(token: unknown): string | undefined {
  try {
    return decodeJwt(String(token)).sub;
  } catch {
    return undefined;
  }
}
