import { createHash } from 'node:crypto';
import { AuthenticationError } from '@backstage/errors';
import type {
  AccountCredential,
  AccountToken,
  TokenRequest,
} from '@ml-platform/plugin-ml-common';
import type { CertificateAuthority } from '@ml-platform/plugin-ml-node';
import {
  accountRef,
  IdentityError,
  verifyAssertion,
} from '@ml-platform/workload-identity';
import type { AuditLog } from '../audit/AuditLog';
import type { AccountIssuer } from './AccountIssuer';
import type { CiTokens } from './CiTokens';
import type { ServiceAccountStore, StoredAccount } from './ServiceAccountStore';

/** What somebody shows who has no token yet. */
export type Proof =
  | { account: string; ciToken: string }
  | { assertion: string };

interface Proven {
  account: StoredAccount;
  via: AccountCredential['via'];
  /** Who it says it is, for the audit log. */
  actor: string;
  expiresAt: Date;
}

/**
 * Gives tokens to programs for what they can prove: that a CI system runs them,
 * or that they have the key of a certificate. A proof is good once.
 */
export class TokenExchange {
  readonly #options: {
    store: ServiceAccountStore;
    issuer: AccountIssuer;
    audit: AuditLog;
    ciTokens: CiTokens;
    authority: CertificateAuthority | undefined;
    trustDomain: string;
    /** Whom an assertion has to be for. */
    audience: string;
  };

  constructor(options: {
    store: ServiceAccountStore;
    issuer: AccountIssuer;
    audit: AuditLog;
    ciTokens: CiTokens;
    authority: CertificateAuthority | undefined;
    trustDomain: string;
    audience: string;
  }) {
    this.#options = options;
  }

  /** @throws AuthenticationError that says what is wrong with the proof, and not whether the account exists */
  async exchange(
    proof: Proof,
    request: TokenRequest,
    requestId: string,
  ): Promise<AccountToken> {
    const { issuer, store } = this.#options;
    const shown = 'assertion' in proof ? proof.assertion : proof.ciToken;
    const hash = createHash('sha256').update(shown).digest('hex');
    try {
      const { account, actor, expiresAt, via } = await this.#prove(proof);
      return await issuer.issueToken({ actor, requestId }, account, request, {
        via,
        before: async trx => {
          if (await store.noteShown(trx, hash, expiresAt)) return;
          throw new IdentityError('forged', 'the proof was shown before');
        },
      });
    } catch (error) {
      if (!(error instanceof IdentityError)) throw error;
      await this.#options.audit.record({
        actor: 'anonymous',
        action: 'service-account.exchange',
        resource:
          'account' in proof
            ? accountName(proof.account).slice(0, 160)
            : 'service-accounts',
        outcome: 'denied',
        details: { problem: error.problem, why: error.message },
        requestId,
      });
      throw new AuthenticationError(`No token is given: ${error.message}`);
    }
  }

  async #prove(proof: Proof): Promise<Proven> {
    if ('assertion' in proof) return this.#proveCertificate(proof.assertion);
    const { ciTokens, store } = this.#options;
    const account = await store.get(accountName(proof.account));
    // The same words, whether or not there is such an account.
    if (!account?.trust || account.revokedAt) throw notTrusted();
    const { expiresAt, subject } = await ciTokens.verify(
      proof.ciToken,
      account.trust,
    );
    return { account, via: 'ci', actor: `ci:${subject}`, expiresAt };
  }

  async #proveCertificate(assertion: string): Promise<Proven> {
    const { audience, authority, store, trustDomain } = this.#options;
    const certified = await verifyAssertion(assertion, {
      authorities: (await authority?.getAuthorities()) ?? [],
      trustDomain,
      audience,
    });
    const ref = accountRef(certified.account);
    const account = await store.get(ref);
    if (!account || !(await store.isValid(ref, certified.serial))) {
      throw new IdentityError('forged', `the certificate of ${ref} is revoked`);
    }
    // An assertion is over sooner; its proof is kept longer than that.
    const expiresAt = certified.expiresAt;
    return { account, via: 'certificate', actor: ref, expiresAt };
  }
}

function accountName(name: string): string {
  return name.startsWith('service-account:') ? name : `service-account:${name}`;
}

export function notTrusted(): IdentityError {
  return new IdentityError(
    'wrong-name',
    'no account trusts this identity; look at issuer, audience and subject',
  );
}
