import { createHash } from 'node:crypto';
import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { FloodGate } from '@ml-platform/plugin-ml-common';
import { decodeJwt } from 'jose';
import type { AuditEntry } from '../AuditLog';

/** Why a token was refused, as far as it says itself. */
export type RefusalReason =
  | 'malformed'
  | 'expired'
  | 'not-yet-valid'
  | 'wrong-audience'
  | 'not-issued-here';

const METHODS = [
  'isPrincipal',
  'getNoneCredentials',
  'getOwnServiceCredentials',
  'getPluginRequestToken',
  'getLimitedUserToken',
  'listPublicServiceKeys',
] as const satisfies ReadonlyArray<keyof AuthService>;

/**
 * Records tokens that were shown and refused: forged, expired, meant for
 * somebody else. Anybody can send such, so a flood must not fill the log: of one
 * sort, the first five of a minute are entries, and the rest is one entry with
 * their number. Nothing that the token claims is believed, nor kept.
 */
export class TokenRefusals {
  readonly #options: {
    record: (entry: AuditEntry) => Promise<void>;
    logger: LoggerService;
  };
  readonly #gate: FloodGate;

  constructor(options: {
    record: (entry: AuditEntry) => Promise<void>;
    logger: LoggerService;
    windowMs?: number;
  }) {
    this.#options = options;
    this.#gate = new FloodGate({
      windowMs: options.windowMs,
      onMore: (sort, more) => {
        const [plugin, reason] = sort.split(' ');
        return this.#record(plugin, { reason, more });
      },
    });
  }

  /** The same authentication, whose refusals are recorded before they are answered. */
  watch(auth: AuthService, plugin: string): AuthService {
    const watched: AuthService = Object.create(auth);
    for (const name of METHODS) {
      // Private members are there on the original only.
      Object.defineProperty(watched, name, { value: auth[name].bind(auth) });
    }
    Object.defineProperty(watched, 'authenticate', {
      value: async (...args: Parameters<AuthService['authenticate']>) => {
        try {
          return await auth.authenticate(...args);
        } catch (error) {
          if ((error as Error).name === 'AuthenticationError') {
            await this.add(args[0], plugin);
          }
          throw error;
        }
      },
    });
    return watched;
  }

  /** The refusal stands whether or not it can be recorded. */
  async add(token: string, plugin: string): Promise<void> {
    const reason = reasonOf(token, plugin);
    if (!this.#gate.passes(`${plugin} ${reason}`)) return;
    // Tells whether two refusals are of one token, and nothing of it.
    const fingerprint = createHash('sha256').update(token).digest('hex');
    await this.#record(plugin, { reason, token: fingerprint.slice(0, 16) });
  }

  /** Writes down what was only counted so far. */
  async flush(): Promise<void> {
    await this.#gate.flush();
  }

  async #record(
    plugin: string,
    details: Record<string, string | number>,
  ): Promise<void> {
    try {
      await this.#options.record({
        actor: 'anonymous',
        action: 'token.use',
        resource: `plugin:${plugin}`,
        outcome: 'denied',
        details,
      });
    } catch (error) {
      this.#options.logger.error(
        'A refused token could not be recorded in the audit log',
        error as Error,
      );
    }
  }
}

/** What the token says of itself: nothing here is verified. */
export function reasonOf(
  token: string,
  plugin: string,
  now = Date.now(),
): RefusalReason {
  let claims: ReturnType<typeof decodeJwt>;
  try {
    claims = decodeJwt(token);
  } catch {
    return 'malformed';
  }
  const seconds = now / 1000;
  if (typeof claims.exp === 'number' && claims.exp <= seconds) return 'expired';
  if (typeof claims.nbf === 'number' && claims.nbf > seconds) {
    return 'not-yet-valid';
  }
  const audience = [claims.aud ?? []].flat();
  const known = ['backstage', plugin];
  return audience.length && !audience.some(name => known.includes(name))
    ? 'wrong-audience'
    : 'not-issued-here';
}
