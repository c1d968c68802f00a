import { isDatabaseConflictError } from '@backstage/backend-plugin-api';
import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import {
  type AccountCertificate,
  type AccountCredential,
  type AccountToken,
  ENVIRONMENTS,
  FOREIGN_CAPABILITIES,
  mlServiceAccountAdministerPermission,
  mlServiceAccountManagePermission,
  type NewServiceAccount,
  type ServiceAccount,
  type TokenRequest,
} from '@ml-platform/plugin-ml-common';
import {
  accountRef,
  parseAccountRef,
  spiffeId,
} from '@ml-platform/workload-identity';
import type { Knex } from 'knex';
import type { AuditLog } from '../audit/AuditLog';
import type { Authorizer } from '../authorization/Authorizer';
import { isPerson, type RequestContext } from '../http/requestContext';
import type { RegistryService } from '../registry/RegistryService';
import type { AccountIssuer } from './AccountIssuer';
import type { ServiceAccountStore, StoredAccount } from './ServiceAccountStore';
import { teamNameOf } from './teamNameOf';

export interface ServiceAccountServiceOptions {
  store: ServiceAccountStore;
  registry: RegistryService;
  authorizer: Authorizer;
  audit: AuditLog;
  issuer: AccountIssuer;
  trustDomain: string;
  /** OpenID Connect issuers whose tokens accounts may be exchanged for. */
  ciIssuers: readonly string[];
  /** The entity references that stand for a caller. */
  getOwnershipRefs: (context: RequestContext) => Promise<string[]>;
  /** Called after each change that the data plane has to know of. */
  onChange: () => Promise<void>;
}

/** Programs that act for a team: who they are, what they may do, and their end. */
export class ServiceAccountService {
  readonly #options: ServiceAccountServiceOptions;

  constructor(options: ServiceAccountServiceOptions) {
    this.#options = options;
  }

  async list(context: RequestContext): Promise<ServiceAccount[]> {
    const { authorizer, store } = this.#options;
    const all = await authorizer.can(
      context,
      mlServiceAccountAdministerPermission,
    );
    const teams = all
      ? undefined
      : await this.#options.getOwnershipRefs(context);
    return (await store.list({ teams })).map(each => this.#named(each));
  }

  async get(
    context: RequestContext,
    ref: string,
  ): Promise<ServiceAccount & { credentials: AccountCredential[] }> {
    const account = await this.#find(context, ref);
    return {
      ...this.#named(account),
      credentials: await this.#options.store.listCredentials(ref),
    };
  }

  async create(
    context: RequestContext,
    request: NewServiceAccount,
  ): Promise<ServiceAccount> {
    const { audit, authorizer, onChange, store } = this.#options;
    const team = teamNameOf(request.team);
    const ref = accountRef({ team, name: request.name });
    parseAccountRef(ref);
    if (!isPerson(context)) {
      throw new NotAllowedError(
        'A person has to answer for a service account, so a person has to create it',
      );
    }
    await authorizer.require(context, mlServiceAccountManagePermission, ref);
    const refs = await this.#options.getOwnershipRefs(context);
    if (!refs.includes(request.team)) {
      await this.#denied(context, 'service-account.create', ref);
      throw new NotAllowedError(
        `You are not in ${request.team}, so you cannot create accounts for it`,
      );
    }
    await this.#checkModels(context, request);
    this.#checkTrust(request);
    try {
      await store.transaction(async trx => {
        await store.create(trx, {
          ...request,
          ref,
          environments: request.environments ?? [...ENVIRONMENTS],
          owner: context.actor,
        });
        await store.bump(trx);
        await audit.record(
          {
            actor: context.actor,
            action: 'service-account.create',
            resource: ref,
            outcome: 'succeeded',
            details: {
              capabilities: request.capabilities,
              models: request.models,
              environments: request.environments,
              trust: request.trust,
              limits: request.limits,
            },
            requestId: context.requestId,
          },
          trx,
        );
      });
    } catch (error) {
      if (!isDatabaseConflictError(error)) throw error;
      throw new ConflictError(
        `${ref} exists already, or did; names are not given twice, so that the audit log stays clear`,
      );
    }
    await onChange();
    return this.#named((await store.get(ref))!);
  }

  async revoke(
    context: RequestContext,
    ref: string,
    reason: string,
  ): Promise<ServiceAccount> {
    const { store } = this.#options;
    await this.#requireManage(context, ref);
    await this.#change(
      context,
      ref,
      'service-account.revoke',
      { reason },
      trx => store.revoke(trx, ref, context.actor, reason),
    );
    return this.#named((await store.get(ref))!);
  }

  async revokeCredential(
    context: RequestContext,
    ref: string,
    id: string,
  ): Promise<AccountCredential> {
    const { store } = this.#options;
    await this.#requireManage(context, ref);
    const found = await store.getCredential(id);
    if (found?.account !== ref) {
      throw new NotFoundError(`${ref} was not given ${id}`);
    }
    await this.#change(
      context,
      ref,
      'service-account.revoke-credential',
      { credential: id },
      trx => store.revokeCredential(trx, ref, id, context.actor),
    );
    const { account, ...credential } = (await store.getCredential(id))!;
    return credential;
  }

  /** For the person who answers for the account, and nobody else. */
  async issueToken(
    context: RequestContext,
    ref: string,
    request: TokenRequest,
  ): Promise<AccountToken> {
    const account = await this.#findActive(context, ref);
    await this.#requireOwner(context, account);
    return this.#options.issuer.issueToken(context, account, request, {
      via: 'owner',
    });
  }

  /** For that person, and for the account itself. */
  async issueCertificate(
    context: RequestContext,
    ref: string,
    request: { csr: string; lifetimeSeconds?: number },
  ): Promise<AccountCertificate> {
    const account = await this.#findActive(context, ref);
    const itself = context.account?.ref === ref;
    if (!itself) await this.#requireOwner(context, account);
    return this.#options.issuer.issueCertificate(
      context,
      account,
      request,
      itself ? 'account' : 'owner',
    );
  }

  async #change(
    context: RequestContext,
    ref: string,
    action: string,
    details: Record<string, string>,
    change: (trx: Knex.Transaction) => Promise<boolean>,
  ): Promise<void> {
    const { audit, onChange, store } = this.#options;
    await store.transaction(async trx => {
      if (!(await change(trx))) {
        throw new ConflictError('It is revoked already');
      }
      await store.bump(trx);
      await audit.record(
        {
          actor: context.actor,
          action,
          resource: ref,
          outcome: 'succeeded',
          details,
          requestId: context.requestId,
        },
        trx,
      );
    });
    await onChange();
  }

  /** As if it were not there, for those whose it is not. */
  async #find(context: RequestContext, ref: string): Promise<StoredAccount> {
    const { authorizer, getOwnershipRefs, store } = this.#options;
    const account = await store.get(ref);
    const refs = await getOwnershipRefs(context);
    const seen =
      account &&
      (refs.includes(account.team) ||
        refs.includes(account.owner) ||
        context.actor === ref ||
        (await authorizer.can(context, mlServiceAccountAdministerPermission)));
    if (!account || !seen) throw new NotFoundError(`There is no ${ref}`);
    return account;
  }

  async #findActive(
    context: RequestContext,
    ref: string,
  ): Promise<StoredAccount> {
    const account = await this.#find(context, ref);
    if (account.revokedAt) {
      throw new ConflictError(
        `${ref} was revoked by ${account.revokedBy} at ${account.revokedAt}: ${account.revokedReason}`,
      );
    }
    return account;
  }

  async #requireOwner(
    context: RequestContext,
    account: StoredAccount,
  ): Promise<void> {
    if (isPerson(context) && context.actor === account.owner) return;
    await this.#denied(context, 'service-account.token', account.ref);
    throw new NotAllowedError(
      `Only ${account.owner}, who answers for ${account.ref}, is given what it shows`,
    );
  }

  /** Members of the team, and platform admins, end an account. */
  async #requireManage(context: RequestContext, ref: string): Promise<void> {
    const { authorizer, getOwnershipRefs } = this.#options;
    const account = await this.#find(context, ref);
    const isOwn = (await getOwnershipRefs(context)).includes(account.team);
    await authorizer.require(
      context,
      isOwn
        ? mlServiceAccountManagePermission
        : mlServiceAccountAdministerPermission,
      ref,
    );
  }

  /** What an account is let do, who creates it must at least see; changes are for the team's own models. */
  async #checkModels(
    context: RequestContext,
    { capabilities, models, team }: NewServiceAccount,
  ): Promise<void> {
    const { registry } = this.#options;
    const own = capabilities.filter(
      each => !FOREIGN_CAPABILITIES.includes(each),
    );
    for (const name of models) {
      const model = await registry.getModel(context, name);
      if (own.length && model.owner !== team) {
        throw new InputError(
          `models: ${name} is of ${
            model.owner
          }, so an account of ${team} cannot have ${own.join(
            ', ',
          )} for it, but only ${FOREIGN_CAPABILITIES.join(', ')}`,
        );
      }
    }
  }

  #checkTrust({ trust }: NewServiceAccount): void {
    const { ciIssuers } = this.#options;
    if (!trust || ciIssuers.includes(trust.issuer)) return;
    throw new InputError(
      `trust.issuer: ${
        trust.issuer
      } is not among those that this platform asks: ${
        ciIssuers.join(', ') || 'none'
      } (ml.serviceAccounts.ciIssuers)`,
    );
  }

  #denied(context: RequestContext, action: string, ref: string) {
    return this.#options.audit.record({
      actor: context.actor,
      action,
      resource: ref,
      outcome: 'denied',
      requestId: context.requestId,
    });
  }

  #named(account: StoredAccount): ServiceAccount {
    const names = parseAccountRef(account.ref);
    return {
      ...account,
      teamName: names.team,
      spiffeId: spiffeId(this.#options.trustDomain, names),
    };
  }
}
