import type {
  AuthService,
  DiscoveryService,
} from '@backstage/backend-plugin-api';
import { ServiceUnavailableError } from '@backstage/errors';
import type { AuditOutcome } from '@ml-platform/plugin-ml-common';

const TIMEOUT_MS = 10_000;

/** What happens to a session of somebody. */
export type SessionAction =
  | 'session.sign-in'
  | 'session.refresh'
  | 'session.sign-out'
  | 'session.consent'
  | 'session.token'
  | 'session.revoke';

export interface SessionEvent {
  action: SessionAction;
  /** The user, where it is known who it is. */
  user?: string;
  outcome: AuditOutcome;
  /** Without personal data. */
  details?: Record<string, string>;
}

/** Writes what happens to sessions into the platform's audit log. */
export class SignInAudit {
  readonly #options: { auth: AuthService; discovery: DiscoveryService };

  constructor(options: { auth: AuthService; discovery: DiscoveryService }) {
    this.#options = options;
  }

  /** @throws ServiceUnavailableError when it cannot be recorded */
  async record({
    action,
    details,
    outcome,
    user,
  }: SessionEvent): Promise<void> {
    const { auth, discovery } = this.#options;
    const { token } = await auth.getPluginRequestToken({
      onBehalfOf: await auth.getOwnServiceCredentials(),
      targetPluginId: 'ml',
    });
    const base = await discovery.getBaseUrl('ml');
    const failure = await fetch(`${base}/v1/audit/events`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        actor: user ?? 'unknown',
        action,
        resource: 'portal',
        outcome,
        details: { provider: 'oidc', ...details },
      }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).then(
      response => (response.ok ? undefined : `it answered ${response.status}`),
      error => error.message,
    );
    if (failure) {
      throw new ServiceUnavailableError(
        `'${action}' cannot be recorded in the audit log (${failure}), so nobody is let in. Try again in a minute.`,
      );
    }
  }
}
