import type {
  AuthService,
  BackstageCredentials,
} from '@backstage/backend-plugin-api';
import type { ResourcePermission } from '@backstage/plugin-permission-common';
import { FloodGate } from '@ml-platform/plugin-ml-common';
import type { Request } from 'express';
import type { AccountIdentity } from '../../authorization/accountScope';
import { accountOf } from '../../http/accountOf';
import { actorOf } from '../../http/requestContext';
import { requestToken } from '../../http/requestToken';
import type {
  ArtifactAudit,
  ArtifactAuditEvent,
  ArtifactCaller,
} from '../ArtifactAudit';
import { OciError } from '../OciError';

/** `hidden`: to be answered as if there were no such repository. */
export type AccessDecision = 'allowed' | 'denied' | 'hidden';

/** Tells who may do what to which repository. */
export interface RepositoryAccess {
  decide(
    context: ArtifactCaller &
      Pick<AuthenticatedCaller, 'account' | 'credentials'>,
    permission: ResourcePermission,
    repository: string,
  ): Promise<AccessDecision>;
  /** Whether the caller may read every repository there is. */
  canReadAll(
    context: ArtifactCaller &
      Pick<AuthenticatedCaller, 'account' | 'credentials'>,
  ): Promise<boolean>;
}

export interface ArtifactAccessOptions {
  auth: Pick<AuthService, 'authenticate'>;
  rights: RepositoryAccess;
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
  permission: ResourcePermission;
  repository: string;
}

const STRANGER = 'anonymous';
const STRANGERS_PER_MINUTE = 100;
const CHALLENGE = { 'WWW-Authenticate': 'Basic realm="ML Platform"' };

/**
 * Decides who may use the registry. There is no session: each request brings a
 * Backstage token, as bearer token or as the password of Basic authentication.
 */
export class ArtifactAccess {
  readonly #options: ArtifactAccessOptions;
  /** Anybody can ask without a token; that must not fill the audit log. */
  readonly #strangers: FloodGate;

  constructor(options: ArtifactAccessOptions) {
    this.#options = options;
    this.#strangers = new FloodGate({
      each: STRANGERS_PER_MINUTE,
      onMore: (action, more) =>
        options.audit.record({
          actor: STRANGER,
          action: action as ArtifactAuditEvent['action'],
          resource: 'artifacts',
          outcome: 'denied',
          details: { more },
        }),
    });
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
        await this.#recordDenial({ actor: STRANGER, requestId }, attempt);
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
      await this.#recordDenial({ actor: STRANGER, requestId }, attempt);
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
    authenticated: AuthenticatedCaller,
    attempt: Attempt,
  ): Promise<boolean> {
    return (await this.decide(authenticated, attempt)) === 'allowed';
  }

  /** The same for a request that goes on, from its token on; a denial is recorded. */
  async isStillAllowed(
    req: Request,
    options: { requestId: string; attempt: Attempt },
  ): Promise<boolean> {
    try {
      const authenticated = await this.authenticate(req, options);
      return await this.isAllowed(authenticated, options.attempt);
    } catch (error) {
      if (error instanceof OciError) return false;
      throw error;
    }
  }

  /** A denial is recorded, also of what is hidden. */
  async decide(
    { account, credentials, caller }: AuthenticatedCaller,
    attempt: Attempt,
  ): Promise<AccessDecision> {
    const decision = await this.#options.rights.decide(
      { account, credentials, ...caller },
      attempt.permission,
      attempt.repository,
    );
    if (decision !== 'allowed') await this.#recordDenial(caller, attempt);
    return decision;
  }

  canReadAll(authenticated: AuthenticatedCaller): Promise<boolean> {
    const { account, credentials, caller } = authenticated;
    return this.#options.rights.canReadAll({ account, credentials, ...caller });
  }

  async #recordDenial(
    caller: ArtifactCaller,
    attempt: Attempt | undefined,
  ): Promise<void> {
    const action = actionOf(attempt);
    const isStranger = caller.actor === STRANGER;
    if (isStranger && !this.#strangers.passes(action)) return;
    await this.#options.audit.record({
      ...caller,
      action,
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

export function denied(
  { caller }: AuthenticatedCaller,
  { permission }: Attempt,
): OciError {
  return new OciError({
    status: 403,
    code: 'DENIED',
    message: `${caller.actor} lacks the permission ${permission.name}; ask a platform admin for it`,
    detail: { permission: permission.name },
  });
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
