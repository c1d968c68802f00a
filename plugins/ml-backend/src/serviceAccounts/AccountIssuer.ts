import { InputError, ServiceUnavailableError } from '@backstage/errors';
import type {
  AccountCertificate,
  AccountCredential,
  AccountToken,
  TokenRequest,
} from '@ml-platform/plugin-ml-common';
import type { CertificateAuthority } from '@ml-platform/plugin-ml-node';
import {
  IdentityError,
  MAX_LIFETIME_SECONDS,
  parseAccountRef,
  spiffeId,
  type TokenSigner,
} from '@ml-platform/workload-identity';
import type { Knex } from 'knex';
import type { AuditLog } from '../audit/AuditLog';
import type { RequestContext } from '../http/requestContext';
import type { ServiceAccountStore, StoredAccount } from './ServiceAccountStore';

export interface AccountIssuerOptions {
  store: ServiceAccountStore;
  audit: AuditLog;
  /** Absent while no key is configured. */
  signer: TokenSigner | undefined;
  authority: CertificateAuthority | undefined;
  trustDomain: string;
}

const HOUR_SECONDS = 3600;

/** Issues tokens and certificates, and records each; who may have them was decided before. */
export class AccountIssuer {
  readonly #options: AccountIssuerOptions;

  constructor(options: AccountIssuerOptions) {
    this.#options = options;
  }

  async issueToken(
    context: Pick<RequestContext, 'actor' | 'requestId'>,
    account: StoredAccount,
    request: TokenRequest,
    how: {
      via: AccountCredential['via'];
      /** In the transaction of the issue, e.g. that a proof was shown once. */
      before?: (trx: Knex.Transaction) => Promise<void>;
    },
  ): Promise<AccountToken> {
    const { signer, store } = this.#options;
    if (!signer) throw notConfigured();
    const audience = request.audience ?? ['api', 'gateway'];
    const issued = await signer.sign({
      sub: account.ref,
      aud: audience.map(each =>
        each === 'api' ? signer.issuer : gatewayAudience(signer.issuer),
      ),
      scope: within(account, 'capabilities', request).join(' '),
      models: within(account, 'models', request),
      environments: account.environments,
      owner: account.owner,
      group: account.team,
      lifetimeSeconds: lifetimeOf(request.lifetimeSeconds),
    });
    const expiresAt = issued.expiresAt.toISOString();
    await store.transaction(async trx => {
      await how.before?.(trx);
      await this.#note(context, account, trx, {
        id: issued.id,
        kind: 'token',
        via: how.via,
        issuedAt: issued.issuedAt.toISOString(),
        expiresAt,
      });
    });
    const { id, token } = issued;
    return { token, id, account: account.ref, expiresAt };
  }

  async issueCertificate(
    context: Pick<RequestContext, 'actor' | 'requestId'>,
    account: StoredAccount,
    request: { csr: string; lifetimeSeconds?: number },
    via: AccountCredential['via'],
  ): Promise<AccountCertificate> {
    const { authority, store, trustDomain } = this.#options;
    if (!authority) throw notConfigured();
    const uri = spiffeId(trustDomain, parseAccountRef(account.ref));
    const seconds = lifetimeOf(request.lifetimeSeconds);
    const issued = await authority
      .issue({
        csr: request.csr,
        uri,
        expiresAt: new Date(Date.now() + seconds * 1000),
      })
      .catch(error => {
        if (error instanceof IdentityError) throw new InputError(error.message);
        throw error;
      });
    const expiresAt = issued.expiresAt.toISOString();
    await store.transaction(trx =>
      this.#note(context, account, trx, {
        id: issued.serial,
        kind: 'certificate',
        via,
        issuedAt: new Date().toISOString(),
        expiresAt,
      }),
    );
    return {
      certificate: issued.certificate,
      authorities: await authority.getAuthorities(),
      serial: issued.serial,
      spiffeId: uri,
      expiresAt,
    };
  }

  async #note(
    context: Pick<RequestContext, 'actor' | 'requestId'>,
    account: StoredAccount,
    trx: Knex.Transaction,
    issued: Omit<AccountCredential, 'issuedTo'>,
  ): Promise<void> {
    const { audit, store } = this.#options;
    await store.addCredential(trx, {
      ...issued,
      account: account.ref,
      issuedTo: context.actor,
    });
    await audit.record(
      {
        actor: context.actor,
        action: `service-account.${issued.kind}`,
        resource: account.ref,
        outcome: 'succeeded',
        details: {
          credential: issued.id,
          via: issued.via,
          expiresAt: issued.expiresAt,
        },
        requestId: context.requestId,
      },
      trx,
    );
  }
}

/** Whom a token names that the gateways take. */
export function gatewayAudience(issuer: string): string {
  return `${issuer}/gateway`;
}

function lifetimeOf(wanted = HOUR_SECONDS): number {
  if (wanted > MAX_LIFETIME_SECONDS) {
    throw new InputError(
      `lifetimeSeconds: ${wanted} is more than a day (${MAX_LIFETIME_SECONDS})`,
    );
  }
  return wanted;
}

/** What is asked for of what the account may; all of it when nothing is. */
function within(
  account: StoredAccount,
  part: 'capabilities' | 'models',
  request: TokenRequest,
): string[] {
  const has: string[] = account[part];
  const wanted: string[] = request[part] ?? has;
  const more = wanted.find(each => !has.includes(each));
  if (more !== undefined) {
    throw new InputError(
      `${part}: ${account.ref} does not have '${more}', but ${has.join(', ')}`,
    );
  }
  return wanted;
}

function notConfigured(): ServiceUnavailableError {
  return new ServiceUnavailableError(
    'This portal issues nothing for service accounts: ml.serviceAccounts.key is not set; ask its operators',
  );
}
