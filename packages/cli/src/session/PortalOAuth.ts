import * as oauth from 'oauth4webapi';
import { toUnreachable } from '@ml-platform/packaging';
import { CliError } from '../errors/CliError';
import { ExitCode } from '../errors/ExitCode';
import { isLoopback } from './isLoopback';
import type { Session } from './SessionFile';

const TIMEOUT_MS = 30_000;
const SCOPE = 'openid offline_access';

/** A sign-in that waits for somebody in a browser. */
export interface PendingSignIn {
  /** What to open. */
  url: string;
  /** Whether an address is the answer to it, rather than to another one. */
  isAnswer(address: URL): boolean;
  /** Ends it with the address that the browser was sent back to. */
  finish(callback: URL): Promise<Session>;
}

/**
 * The portal as an OAuth server for commands: authorization code with PKCE, as
 * the client that Backstage describes for its own command line.
 */
export class PortalOAuth {
  static async discover(portal: string): Promise<PortalOAuth> {
    const url = new URL(portal);
    if (url.protocol !== 'https:' && !isLoopback(url.hostname)) {
      throw new CliError({
        code: 'INSECURE_PORTAL',
        exitCode: ExitCode.auth,
        message: `${portal} is not https, so a sign-in there could be read on the way`,
        hint: 'Use the https address of the portal, or set ML_TOKEN.',
      });
    }
    const issuer = new URL(`${portal}/api/auth`);
    const response = await oauth
      .discoveryRequest(issuer, { ...options() })
      .catch(error => {
        throw toUnreachable('the portal', portal, error);
      });
    const metadata = (await response
      .clone()
      .json()
      .catch(() => ({}))) as {
      issuer?: string;
      client_id_metadata_document_supported?: boolean;
    };
    if (!response.ok || !metadata.client_id_metadata_document_supported) {
      throw new CliError({
        code: 'NO_SIGN_IN',
        exitCode: ExitCode.auth,
        message: `${portal} does not let commands sign in`,
        hint: 'Ask its admin for auth.clientIdMetadataDocuments.enabled and auth.experimentalRefreshToken.enabled, or set ML_TOKEN.',
      });
    }
    if (metadata.issuer !== issuer.href) {
      throw new CliError({
        code: 'OTHER_PORTAL',
        exitCode: ExitCode.auth,
        message: `${portal} calls itself ${metadata.issuer}`,
        hint: `Use that address: --url ${metadata.issuer?.replace(
          /\/api\/auth$/,
          '',
        )}`,
      });
    }
    return new PortalOAuth(
      portal,
      await oauth.processDiscoveryResponse(issuer, response),
    );
  }

  readonly #portal: string;
  readonly #server: oauth.AuthorizationServer;
  readonly #client: oauth.Client;

  private constructor(portal: string, server: oauth.AuthorizationServer) {
    this.#portal = portal;
    this.#server = server;
    this.#client = {
      client_id: `${server.issuer}/.well-known/oauth-client/cli.json`,
    };
  }

  /** Begins a sign-in that comes back to `redirectUri`. */
  async begin(redirectUri: string): Promise<PendingSignIn> {
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const url = new URL(this.#server.authorization_endpoint!);
    url.search = String(
      new URLSearchParams({
        client_id: this.#client.client_id,
        response_type: 'code',
        redirect_uri: redirectUri,
        scope: SCOPE,
        state,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      }),
    );
    return {
      url: url.href,
      isAnswer: address => address.searchParams.get('state') === state,
      finish: callback =>
        this.#explained(async () => {
          const answer = oauth.validateAuthResponse(
            this.#server,
            this.#client,
            callback,
            state,
          );
          const response = await oauth.authorizationCodeGrantRequest(
            ...[this.#server, this.#client, oauth.None()],
            ...[answer, redirectUri, verifier, options()],
          );
          return toSession(
            await oauth.processAuthorizationCodeResponse(
              this.#server,
              this.#client,
              await withoutIdToken(response),
            ),
          );
        }),
    };
  }

  /** Exchanges a refresh token, which is then used up. */
  refresh(refreshToken: string): Promise<Session> {
    return this.#explained(async () => {
      const response = await oauth.refreshTokenGrantRequest(
        this.#server,
        this.#client,
        oauth.None(),
        refreshToken,
        options(),
      );
      return toSession(
        await oauth.processRefreshTokenResponse(
          this.#server,
          this.#client,
          await withoutIdToken(response),
        ),
      );
    });
  }

  /** Makes a refresh token worthless. */
  revoke(refreshToken: string): Promise<void> {
    return this.#explained(async () => {
      const response = await oauth.revocationRequest(
        this.#server,
        this.#client,
        oauth.None(),
        refreshToken,
        options(),
      );
      await oauth.processRevocationResponse(response);
    });
  }

  async #explained<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof CliError) throw error;
      if (error instanceof TypeError) {
        throw toUnreachable('the portal', this.#portal, error);
      }
      throw new CliError({
        code: 'SIGN_IN_REFUSED',
        exitCode: ExitCode.auth,
        message: `${this.#portal} refused the sign-in: ${reasonOf(error)}`,
        hint: 'Sign in again: ml login',
        cause: error,
      });
    }
  }
}

function options() {
  return {
    signal: () => AbortSignal.timeout(TIMEOUT_MS),
    // Only for the loopback interface, see `discover`.
    [oauth.allowInsecureRequests]: true,
  };
}

/**
 * Backstage calls its own token an ID token as well, though it is for the
 * portal and not for this client, as an ID token would have to be.
 */
async function withoutIdToken(response: Response): Promise<Response> {
  if (!response.ok) return response;
  const { id_token: _, ...rest } = (await response.json()) as {
    id_token?: string;
  };
  return Response.json(rest, { headers: { 'cache-control': 'no-store' } });
}

function toSession(answer: oauth.TokenEndpointResponse): Session {
  return {
    accessToken: answer.access_token,
    expiresAt:
      endOf(answer.access_token) ??
      Date.now() + (answer.expires_in ?? 0) * 1_000,
    refreshToken: answer.refresh_token,
  };
}

/** Backstage says one hour, whatever lifetime is configured; its token knows better. */
function endOf(token: string): number | undefined {
  try {
    const payload = Buffer.from(token.split('.')[1], 'base64url').toString();
    const { exp } = JSON.parse(payload);
    return typeof exp === 'number' ? exp * 1_000 : undefined;
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  if (
    error instanceof oauth.AuthorizationResponseError ||
    error instanceof oauth.ResponseBodyError
  ) {
    return error.error_description ?? error.error;
  }
  return error instanceof Error ? error.message : String(error);
}
