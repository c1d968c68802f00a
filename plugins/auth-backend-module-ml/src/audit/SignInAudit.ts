import type {
  AuthService,
  DiscoveryService,
} from '@backstage/backend-plugin-api';
import { ServiceUnavailableError } from '@backstage/errors';
import type { AuditOutcome } from '@ml-platform/plugin-ml-common';

const TIMEOUT_MS = 10_000;

/** A sign-in, or one that failed. */
export interface SignInEvent {
  /** The user, where it is known who it is. */
  user?: string;
  outcome: AuditOutcome;
  /** Why it failed, without personal data. */
  reason?: string;
}

/** Writes sign-ins into the platform's audit log; without it nobody comes in. */
export class SignInAudit {
  readonly #options: { auth: AuthService; discovery: DiscoveryService };

  constructor(options: { auth: AuthService; discovery: DiscoveryService }) {
    this.#options = options;
  }

  /** @throws ServiceUnavailableError when it cannot be recorded */
  async record({ outcome, reason, user }: SignInEvent): Promise<void> {
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
        action: 'session.sign-in',
        resource: 'portal',
        outcome,
        details: { provider: 'oidc', ...(reason && { reason }) },
      }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).then(
      response => (response.ok ? undefined : `it answered ${response.status}`),
      error => error.message,
    );
    if (failure) {
      throw new ServiceUnavailableError(
        `The sign-in cannot be recorded in the audit log (${failure}), so nobody is let in. Try again in a minute.`,
      );
    }
  }
}
