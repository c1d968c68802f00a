import { toUnreachable } from '../network/toUnreachable';
import { ToolError } from '../errors/ToolError';
import { ExitCode } from '../errors/ExitCode';
import {
  parseChallenge,
  type RegistryChallenge,
} from '@ml-platform/plugin-ml-common';

/** An account at a registry. */
export interface Credentials {
  username: string;
  password: string;
}

export interface RegistryAuthOptions {
  /** Base URL of the registry. */
  base: string;
  /** Header that is sent as it is; challenges are then not answered. */
  authorization?: string;
  credentials?: Credentials;
}

// The specification's own assumption where the token server does not say.
const DEFAULT_LIFETIME_S = 60;
const MARGIN_MS = 10_000;
const TIMEOUT_MS = 30_000;

/**
 * Says who we are to a registry, the way it asks: with user name and password
 * (RFC 7617), or with a token that its token server gives for them or, where
 * there are none, to anybody (the distribution project's token specification).
 */
export class RegistryAuth {
  readonly #options: RegistryAuthOptions;
  readonly #tokens = new Map<string, { header: string; until: number }>();
  #usesBasic = false;
  /** For the address of an upload, which need not name its repository. */
  #last: string | undefined;

  constructor(options: RegistryAuthOptions) {
    this.#options = options;
  }

  /** Whether there is but one thing to say, whatever is asked. */
  get isFixed(): boolean {
    return this.#options.authorization !== undefined;
  }

  /** The registry took no answer. */
  refusal(): ToolError {
    const { credentials } = this.#options;
    return this.#refused(
      credentials
        ? `does not let '${credentials.username}' in, or not do this`
        : 'asks for an account, and none was given',
    );
  }

  /** What is known to work; undefined before the first challenge. */
  header(scopes: readonly string[]): string | undefined {
    const { authorization } = this.#options;
    if (authorization) return authorization;
    if (this.#usesBasic) return this.#basic();
    if (!scopes.length) return this.#last;
    const token = this.#tokens.get(scopes.join(' '));
    return token && token.until > Date.now() ? token.header : undefined;
  }

  /** The header that answers a challenge; undefined when there is nothing new to say. */
  async answer(
    header: string | undefined,
    scopes: readonly string[],
  ): Promise<string | undefined> {
    if (this.#options.authorization) return undefined;
    const challenge = parseChallenge(header);
    if (challenge?.scheme === 'basic') {
      if (this.#usesBasic) return undefined;
      this.#usesBasic = true;
      return this.#basic();
    }
    if (!challenge) return undefined;
    const wanted = scopes.length ? scopes : challenge.scope?.split(' ') ?? [];
    const { value, lifetimeS } = await this.#fetchToken(challenge, wanted);
    const token = {
      header: `Bearer ${value}`,
      until: Date.now() + lifetimeS * 1000 - MARGIN_MS,
    };
    this.#tokens.set(scopes.join(' '), token);
    this.#last = token.header;
    return token.header;
  }

  async #fetchToken(
    { realm, service }: RegistryChallenge & { scheme: 'bearer' },
    scopes: readonly string[],
  ): Promise<{ value: string; lifetimeS: number }> {
    const { base, credentials } = this.#options;
    const url = new URL(realm, base);
    if (url.protocol !== 'https:' && new URL(base).protocol === 'https:') {
      throw this.#refused(
        `asks for the password at ${url.origin}, which is not https; it was not sent`,
      );
    }
    if (service) url.searchParams.set('service', service);
    if (credentials) url.searchParams.set('account', credentials.username);
    for (const scope of scopes) url.searchParams.append('scope', scope);
    const authorization = this.#basic();
    const response = await fetch(url, {
      headers: authorization ? { authorization } : {},
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch(error => {
      throw toUnreachable(
        'the token server of the registry',
        url.origin,
        error,
      );
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw this.#refused(
        `gave ${
          credentials
            ? `'${credentials.username}' no`
            : 'us, without an account, no'
        } token: its token server at ${url.origin} answered ${response.status}`,
      );
    }
    const body = (await response.json().catch(() => ({}))) as {
      token?: string;
      access_token?: string;
      expires_in?: number;
    };
    const value = body.token ?? body.access_token;
    if (!value) throw this.#refused('gave no token, though it asks for one');
    return { value, lifetimeS: body.expires_in ?? DEFAULT_LIFETIME_S };
  }

  #basic(): string | undefined {
    const { credentials } = this.#options;
    if (!credentials) return undefined;
    const pair = `${credentials.username}:${credentials.password}`;
    return `Basic ${Buffer.from(pair).toString('base64')}`;
  }

  #refused(why: string): ToolError {
    return new ToolError({
      code: 'UNAUTHENTICATED',
      exitCode: ExitCode.auth,
      message: `The registry at ${this.#options.base} ${why}`,
      hint: 'Check user name and password: `ml export --help` says where they are looked for; ml register takes ML_REGISTRY_USERNAME and ML_REGISTRY_PASSWORD.',
    });
  }
}
