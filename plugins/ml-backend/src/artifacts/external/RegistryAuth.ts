import { parseChallenge } from '@ml-platform/plugin-ml-common';

export interface RegistryAuthOptions {
  /** Base URL of the registry. */
  url: string;
  username?: string;
  password?: string;
}

interface CachedToken {
  value: string;
  expiresAt: number;
}

// The specification's own assumption where the server does not say.
const DEFAULT_LIFETIME_S = 60;
const MARGIN_MS = 10_000;

/**
 * Signs requests to a registry: with the user name and password themselves, or
 * with a token that the registry's token server gives for them, whichever the
 * registry asks for.
 */
export class RegistryAuth {
  readonly #options: RegistryAuthOptions;
  readonly #tokens = new Map<string, CachedToken>();
  #usesBasic = false;

  constructor(options: RegistryAuthOptions) {
    this.#options = options;
  }

  /** What is known to work for the scope; undefined before the first challenge. */
  headerFor(scope: string): string | undefined {
    if (this.#usesBasic) return this.#basic();
    const token = this.#tokens.get(scope);
    return token && token.expiresAt > Date.now()
      ? `Bearer ${token.value}`
      : undefined;
  }

  /**
   * Answers the challenge of a registry.
   * @returns the header to try again with; undefined when there is no answer
   */
  async answer(
    challengeHeader: string | null,
    scope: string,
  ): Promise<string | undefined> {
    const challenge = parseChallenge(challengeHeader);
    if (challenge?.scheme === 'basic') {
      this.#usesBasic = true;
      return this.#basic();
    }
    if (!challenge) return undefined;
    const token = await this.#fetchToken(challenge, scope);
    this.#tokens.set(scope, token);
    return `Bearer ${token.value}`;
  }

  async #fetchToken(
    { realm, service }: { realm: string; service?: string },
    scope: string,
  ): Promise<CachedToken> {
    const url = new URL(realm, this.#options.url);
    const isPlain = new URL(this.#options.url).protocol === 'http:';
    if (url.protocol !== 'https:' && !isPlain) {
      throw new Error(
        `the registry at ${this.#options.url} asks for the password at ${
          url.origin
        }, which is not https; it was not sent`,
      );
    }
    if (service) url.searchParams.set('service', service);
    url.searchParams.set('scope', scope);
    const authorization = this.#basic();
    const response = await fetch(url, {
      headers: authorization ? { authorization } : {},
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(
        `the token server of the registry at ${this.#options.url} answered ${
          response.status
        } at ${url.origin}${
          url.pathname
        }; check ml.artifacts.external.username and password`,
      );
    }
    const { token, access_token, expires_in } = (await response.json()) as {
      token?: string;
      access_token?: string;
      expires_in?: number;
    };
    const value = token ?? access_token;
    if (!value) {
      throw new Error(
        `the token server of the registry at ${
          this.#options.url
        } gave no token`,
      );
    }
    const lifetime = (expires_in ?? DEFAULT_LIFETIME_S) * 1000;
    return { value, expiresAt: Date.now() + lifetime - MARGIN_MS };
  }

  #basic(): string | undefined {
    const { username, password } = this.#options;
    if (username === undefined || password === undefined) return undefined;
    const pair = Buffer.from(`${username}:${password}`).toString('base64');
    return `Basic ${pair}`;
  }
}
