import type {
  AuthService,
  BackstageCredentials,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import {
  AuthorizeResult,
  type BasicPermission,
} from '@backstage/plugin-permission-common';
import { modelOfRepository } from '@ml-platform/plugin-ml-common';
import type { Request } from 'express';
import {
  type AccountIdentity,
  accountMay,
} from '../../authorization/accountScope';
import { accountOf, isAccount } from '../../http/accountOf';
import { actorOf } from '../../http/requestContext';
import { requestToken } from '../../http/requestToken';
import type {
  ArtifactAudit,
  ArtifactAuditEvent,
  ArtifactCaller,
} from '../ArtifactAudit';
import { OciError } from '../OciError';

export interface ArtifactAccessOptions {
  auth: Pick<AuthService, 'authenticate'>;
  permissions: Pick<PermissionsService, 'authorize'>;
  audit: ArtifactAudit;
}

export interface AuthenticatedCaller {
  credentials: BackstageCredentials;
  caller: ArtifactCaller;
  /** Set when it is a service account that asks. */
  account?: AccountIdentity;
}

/** What a denial is about, for the audit log. */
interface Attempt {
  permission: BasicPermission;
  repository: string;
}

const CHALLENGE = { 'WWW-Authenticate': 'Basic realm="ML Platform"' };

/**
 * Decides who may use the registry. There is no session: each request brings a
 * Backstage token, as bearer token or as the password of Basic authentication.
 */
export class ArtifactAccess {
  readonly #options: ArtifactAccessOptions;

  constructor(options: ArtifactAccessOptions) {
    this.#options = options;
  }

  /**
   * A request without an attempt is the one by which clients ask for the
   * challenge; without a token, it is not recorded as a denial.
   * @throws OciError 401
   */
  async authenticate(
    req: Request,
    options: { requestId: string; attempt?: Attempt },
  ): Promise<AuthenticatedCaller> {
    const { requestId, attempt } = options;
    const token = requestToken(req);
    if (!token) {
      if (attempt) {
        await this.#recordDenial({ actor: 'anonymous', requestId }, attempt);
      }
      throw unauthorized(
        'sign in with a Backstage token, as bearer token or as the password of Basic authentication',
      );
    }
    let credentials: BackstageCredentials;
    try {
      credentials = await this.#options.auth.authenticate(token);
    } catch (error) {
      const { name } = error as Error;
      if (name !== 'AuthenticationError' && name !== 'NotAllowedError') {
        throw error;
      }
      await this.#recordDenial({ actor: 'anonymous', requestId }, attempt);
      throw unauthorized('the token is not valid here, or has expired', error);
    }
    return {
      credentials,
      account: accountOf(credentials, token),
      caller: { actor: actorOf(credentials), requestId },
    };
  }

  /** Whether the caller has the permission; a denial is recorded. */
  async isAllowed(
    { account, caller, credentials }: AuthenticatedCaller,
    attempt: Attempt,
  ): Promise<boolean> {
    if (isAccount(credentials)) {
      const { permission, repository } = attempt;
      const name = modelOfRepository(repository);
      if (account && name && accountMay(account, permission.name, { name })) {
        return true;
      }
      await this.#recordDenial(caller, attempt);
      return false;
    }
    const [decision] = await this.#options.permissions.authorize(
      [{ permission: attempt.permission }],
      { credentials },
    );
    if (decision.result === AuthorizeResult.ALLOW) return true;
    await this.#recordDenial(caller, attempt);
    return false;
  }

  /** @throws OciError 403 */
  async require(
    authenticated: AuthenticatedCaller,
    attempt: Attempt,
  ): Promise<void> {
    if (await this.isAllowed(authenticated, attempt)) return;
    throw new OciError({
      status: 403,
      code: 'DENIED',
      message: `${authenticated.caller.actor} lacks the permission ${attempt.permission.name}; ask a platform admin for it`,
      detail: { permission: attempt.permission.name },
    });
  }

  async #recordDenial(
    caller: ArtifactCaller,
    attempt: Attempt | undefined,
  ): Promise<void> {
    await this.#options.audit.record({
      ...caller,
      action: actionOf(attempt),
      resource: attempt?.repository.slice(0, 255) || 'artifacts',
      outcome: 'denied',
    });
  }
}

function actionOf(attempt: Attempt | undefined): ArtifactAuditEvent['action'] {
  const name = attempt?.permission.name;
  return name === 'ml.artifact.push' || name === 'ml.artifact.delete'
    ? name
    : 'ml.artifact.pull';
}

function unauthorized(message: string, cause?: unknown): OciError {
  return new OciError({
    status: 401,
    code: 'UNAUTHORIZED',
    message,
    headers: CHALLENGE,
    cause,
  });
}
