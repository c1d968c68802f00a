import { CliError } from '../errors/CliError';
import { ExitCode } from '../errors/ExitCode';
import type { Session, SessionFile } from './SessionFile';

/** Renewed this long before its end, for what takes a while. */
const MARGIN_MS = 5 * 60_000;

/** The token of a signed-in person, renewed when it is about to end. */
export class SessionToken {
  readonly #options: { portal: string; file: SessionFile };
  #session: Session;
  #renewal: Promise<Session> | undefined;

  constructor(
    options: { portal: string; file: SessionFile },
    session: Session,
  ) {
    this.#options = options;
    this.#session = session;
  }

  async get(): Promise<string> {
    if (this.#session.expiresAt - Date.now() < MARGIN_MS) {
      this.#renewal ??= this.#renew().finally(() => {
        this.#renewal = undefined;
      });
      this.#session = await this.#renewal;
    }
    return this.#session.accessToken;
  }

  async #renew(): Promise<Session> {
    const { file, portal } = this.#options;
    return file.exclusively(async () => {
      // Another process may have done it, or signed out.
      const current = await file.get(portal);
      if (!current) throw ended(portal, 'it was signed out');
      if (current.expiresAt - Date.now() >= MARGIN_MS) return current;
      if (!current.refreshToken) {
        if (current.expiresAt > Date.now()) return current;
        throw ended(portal, 'the portal renews none');
      }
      const { PortalOAuth } = await import('./PortalOAuth');
      try {
        const oauth = await PortalOAuth.discover(portal);
        const renewed = await oauth.refresh(current.refreshToken);
        const session = {
          ...renewed,
          refreshToken: renewed.refreshToken ?? current.refreshToken,
        };
        await file.set(portal, session);
        return session;
      } catch (error) {
        if (error instanceof CliError && error.code === 'SIGN_IN_REFUSED') {
          throw ended(portal, error.message);
        }
        throw error;
      }
    });
  }
}

function ended(portal: string, why: string): CliError {
  return new CliError({
    code: 'NOT_SIGNED_IN',
    exitCode: ExitCode.auth,
    message: `Your session at ${portal} has ended: ${why}`,
    hint: 'Sign in again: ml login',
  });
}
