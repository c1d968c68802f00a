import { randomUUID } from 'node:crypto';
import type {
  BackstageCredentials,
  HttpAuthService,
} from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import type { Request } from 'express';
import type { AccountIdentity } from '../authorization/accountScope';
import { accountOf, bearerIn } from './accountOf';

/** Who asks, and under which request id. */
export interface RequestContext {
  credentials: BackstageCredentials;
  /** Entity reference of a user, or a service's subject. */
  actor: string;
  requestId: string;
  /** Set when it is a service account that asks. */
  account?: AccountIdentity;
}

/** Whether somebody signed in, rather than a program. */
export function isPerson({ credentials }: RequestContext): boolean {
  return (credentials.principal as { type?: string }).type === 'user';
}

/** Names the caller as the audit log does. */
export function actorOf(credentials: BackstageCredentials): string {
  const principal = credentials.principal as {
    type?: string;
    userEntityRef?: string;
    subject?: string;
  };
  return principal.userEntityRef ?? principal.subject ?? 'unknown';
}

export async function toContext(
  request: Request,
  httpAuth: HttpAuthService,
  options: { allowCookie?: boolean } = {},
): Promise<RequestContext> {
  const credentials = await httpAuth.credentials(request, {
    allow: ['user', 'service'],
    allowLimitedAccess: options.allowCookie ?? false,
  });
  return {
    credentials,
    account: accountOf(credentials, bearerIn(request.header('authorization'))),
    actor: actorOf(credentials),
    requestId: requestIdOf(request),
  };
}

/** What the caller calls the request, or a name of our own. */
export function requestIdOf(request: Request): string {
  const given = request.header('x-request-id');
  return given && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}

/** The context of a call that comes without an HTTP request of its own. */
export function contextOf(credentials: BackstageCredentials): RequestContext {
  return { credentials, actor: actorOf(credentials), requestId: randomUUID() };
}

/** The caller's `Idempotency-Key`, if there is one. */
export function idempotencyKeyOf(request: Request): string | undefined {
  const key = request.header('idempotency-key');
  if (key !== undefined && !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new InputError(
      'idempotency-key: must be 1 to 255 printable characters without spaces',
    );
  }
  return key;
}
