import { AuthenticationError } from '@backstage/errors';
import {
  type AccountClaims,
  IdentityError,
  isAccountToken,
  TokenSigner,
  verifyAccountToken,
} from '@ml-platform/workload-identity';
import type { IdentityConfig } from './readIdentityConfig';
import type { ServiceAccountStore } from './ServiceAccountStore';

/** How exactly the last use is noted. */
const TOUCH_MS = 30_000;

/** Believes tokens of service accounts that were not revoked, asked for each request. */
export class AccountTokens {
  readonly #store: Pick<ServiceAccountStore, 'isValid' | 'touch'>;
  readonly #signer: TokenSigner | undefined;
  readonly #touched = new Map<string, number>();

  constructor(options: {
    config: Pick<IdentityConfig, 'issuer' | 'secret'>;
    store: Pick<ServiceAccountStore, 'isValid' | 'touch'>;
  }) {
    const { issuer, secret } = options.config;
    this.#store = options.store;
    this.#signer = secret && new TokenSigner({ issuer, secret });
  }

  /**
   * Undefined for what is no such token.
   * @throws AuthenticationError that says why it is not believed
   */
  async verify(token: string): Promise<{ subject: string } | undefined> {
    if (!this.#signer || !isAccountToken(token)) return undefined;
    let claims: AccountClaims;
    try {
      claims = await verifyAccountToken(token, {
        keys: await this.#signer.publicKeys(),
        issuer: this.#signer.issuer,
        audience: this.#signer.issuer,
      });
    } catch (error) {
      if (!(error instanceof IdentityError)) throw error;
      throw new AuthenticationError(error.message);
    }
    const { jti, sub } = claims;
    if (!(await this.#store.isValid(sub, jti))) {
      throw new AuthenticationError(`the token of ${sub} was revoked`);
    }
    await this.#touch(sub);
    return { subject: sub };
  }

  async #touch(ref: string): Promise<void> {
    const now = Date.now();
    if (now - (this.#touched.get(ref) ?? 0) < TOUCH_MS) return;
    this.#touched.set(ref, now);
    await this.#store.touch(ref, new Date(now).toISOString(), 'api');
  }
}
