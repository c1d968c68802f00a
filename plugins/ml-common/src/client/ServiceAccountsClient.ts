import type {
  AccountCertificate,
  AccountCredential,
  AccountToken,
  NewServiceAccount,
  ServiceAccount,
  TokenRequest,
} from '../governance/serviceAccounts';
import type { MlTransport } from './MlTransport';

/** `quality-team/ci` or `service-account:quality-team/ci` */
const pathOf = (ref: string) =>
  `/service-accounts/${ref
    .replace(/^service-account:/, '')
    .split('/')
    .map(encodeURIComponent)
    .join('/')}`;

/**
 * Programs that act for a team. An account is named `<team>/<name>`.
 * @public
 */
export class ServiceAccountsClient {
  readonly #transport: MlTransport;

  /** @internal */
  constructor(transport: MlTransport) {
    this.#transport = transport;
  }

  /** Those of the caller's teams; all for platform admins. */
  list(): Promise<{ items: ServiceAccount[] }> {
    return this.#transport.request('GET', '/service-accounts');
  }

  get(
    ref: string,
  ): Promise<ServiceAccount & { credentials: AccountCredential[] }> {
    return this.#transport.request('GET', pathOf(ref));
  }

  create(account: NewServiceAccount): Promise<ServiceAccount> {
    return this.#transport.request('POST', '/service-accounts', {
      body: account,
    });
  }

  /** Ends the account and all that it was given, for good. */
  revoke(ref: string, request: { reason: string }): Promise<ServiceAccount> {
    return this.#transport.request('POST', `${pathOf(ref)}/revoke`, {
      body: request,
    });
  }

  /** Ends one token or certificate. */
  revokeCredential(ref: string, id: string): Promise<AccountCredential> {
    return this.#transport.request(
      'DELETE',
      `${pathOf(ref)}/credentials/${encodeURIComponent(id)}`,
    );
  }

  /** For the person who answers for the account. */
  issueToken(ref: string, request: TokenRequest = {}): Promise<AccountToken> {
    return this.#transport.request('POST', `${pathOf(ref)}/tokens`, {
      body: request,
    });
  }

  /** For that person, and for the account itself. */
  issueCertificate(
    ref: string,
    request: { csr: string; lifetimeSeconds?: number },
  ): Promise<AccountCertificate> {
    return this.#transport.request('POST', `${pathOf(ref)}/certificates`, {
      body: request,
    });
  }

  /** Gives a token for one of a CI system, or for proof of a certificate. */
  exchange(
    request: TokenRequest &
      ({ account: string; ciToken: string } | { assertion: string }),
  ): Promise<AccountToken> {
    return this.#transport.request('POST', '/service-accounts/exchange', {
      body: request,
    });
  }
}
