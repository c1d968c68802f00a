import {
  ConflictError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import {
  type Alias,
  type AliasMove,
  type AliasPolicy,
  type AliasPolicyChange,
  type EvidenceFact,
  type EvidenceKindInfo,
  mlVersionManagePermission,
  type RefusalCode,
  type Version,
} from '@ml-platform/plugin-ml-common';
import type { AuditLog } from '../audit/AuditLog';
import type { Authorizer } from '../authorization/Authorizer';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import type { RequestContext } from '../http/requestContext';
import type { PolicySettings } from '../policy/PolicySettings';
import type { RegistryService } from '../registry/RegistryService';
import type { EventOutbox } from '../webhooks/EventOutbox';
import type { AliasKey, AliasStore } from './AliasStore';
import type { EvidenceCheck } from './evidence/EvidenceCheck';

export interface AliasServiceOptions {
  store: AliasStore;
  registry: RegistryService;
  evidence: EvidenceCheck;
  policies: PolicySettings;
  authorizer: Authorizer;
  audit: AuditLog;
  outbox: EventOutbox;
  changes: ChangeNotifier;
  /** Entity references that stand for the caller: itself and its groups. */
  getOwnershipRefs: (context: RequestContext) => Promise<string[]>;
}

/** Movable names of versions, with a policy each and a history that never changes. */
export class AliasService {
  readonly #options: AliasServiceOptions;

  constructor(options: AliasServiceOptions) {
    this.#options = options;
  }

  async list(context: RequestContext, model: string): Promise<Alias[]> {
    await this.#options.registry.getModel(context, model);
    return this.#options.store.list(model);
  }

  async history(context: RequestContext, key: AliasKey): Promise<AliasMove[]> {
    await this.#options.registry.getModel(context, key.model);
    return this.#options.store.history(key);
  }

  async set(
    context: RequestContext,
    key: AliasKey,
    request: { version: string; reason?: string },
  ): Promise<Alias> {
    const { registry, store } = this.#options;
    await this.#requireManage(context, key.model);
    const version = await registry.getVersion(
      context,
      key.model,
      request.version,
    );
    if (version.state === 'draft' || version.state === 'deleted') {
      throw new ConflictError(
        `${key.model}@${version.version} is ${version.state}; an alias points at registered versions only`,
      );
    }
    const policy = await this.#effectivePolicy(key);
    await this.#checkPolicy(context, key, version, policy);
    await this.#move(context, key, request.version, {
      reason: request.reason,
      evidence: policy.evidence,
    });
    return (await store.get(key))!;
  }

  async remove(context: RequestContext, key: AliasKey): Promise<void> {
    const { store } = this.#options;
    await this.#requireManage(context, key.model);
    if (!(await store.get(key))) {
      throw new NotFoundError(`${key.model} has no alias '${key.name}'`);
    }
    const policy = await store.getPolicy(key);
    if (policy) await this.#checkMovers(context, key, policy);
    await this.#move(context, key, undefined);
  }

  async getPolicy(
    context: RequestContext,
    key: AliasKey,
  ): Promise<AliasPolicy> {
    await this.#options.registry.getModel(context, key.model);
    return (
      (await this.#options.store.getPolicy(key)) ?? { movers: [], evidence: [] }
    );
  }

  /** Changes of the policy, newest first. */
  async policyHistory(
    context: RequestContext,
    key: AliasKey,
  ): Promise<AliasPolicyChange[]> {
    await this.#options.registry.getModel(context, key.model);
    return this.#options.store.policyHistory(key);
  }

  /** What the model's policy and the platform's ask for, and whether the version has it. */
  async check(
    context: RequestContext,
    key: AliasKey,
    versionName: string,
  ): Promise<EvidenceFact[]> {
    const { evidence, registry } = this.#options;
    const version = await registry.getVersion(context, key.model, versionName);
    const policy = await this.#effectivePolicy(key);
    return evidence.check(version, policy.evidence);
  }

  /** What policies may ask for. */
  evidenceKinds(): EvidenceKindInfo[] {
    return this.#options.evidence.list();
  }

  async setPolicy(
    context: RequestContext,
    key: AliasKey,
    policy: AliasPolicy,
  ): Promise<AliasPolicy> {
    const { audit, evidence, store } = this.#options;
    await this.#requireManage(context, key.model);
    evidence.validate(policy.evidence);
    const before = await store.getPolicy(key);
    if (before) await this.#checkMovers(context, key, before);
    await store.transaction(async trx => {
      await store.setPolicy(trx, key, {
        ...{ before, after: policy, by: context.actor },
      });
      await audit.record(
        {
          actor: context.actor,
          action: 'alias.policy',
          resource: resourceOf(key),
          outcome: 'succeeded',
          details: { before, after: policy },
          requestId: context.requestId,
        },
        trx,
      );
    });
    this.#options.changes.modelChanged({ model: key.model });
    return policy;
  }

  /** What the platform asks of every alias of the name comes first. */
  async #effectivePolicy(key: AliasKey): Promise<AliasPolicy> {
    const { policies, store } = this.#options;
    const { evidence } = await policies.get('aliases');
    const own = await store.getPolicy(key);
    const everywhere = Object.hasOwn(evidence, key.name)
      ? evidence[key.name]
      : [];
    return {
      movers: own?.movers ?? [],
      evidence: [...new Set([...everywhere, ...(own?.evidence ?? [])])],
    };
  }

  async #move(
    context: RequestContext,
    key: AliasKey,
    to: string | undefined,
    options: { reason?: string; evidence?: string[] } = {},
  ): Promise<void> {
    const { evidence, reason } = options;
    const { audit, changes, outbox, store } = this.#options;
    await store.transaction(async trx => {
      const from = (await store.get(key, trx))?.version;
      if (from === to) return;
      await store.move(trx, key, { from, to, by: context.actor, reason });
      await audit.record(
        {
          actor: context.actor,
          action: to ? 'alias.move' : 'alias.remove',
          resource: resourceOf(key),
          outcome: 'succeeded',
          // What was asked for, and found, when it was moved.
          details: { from, to, ...(evidence?.length && { evidence }) },
          requestId: context.requestId,
        },
        trx,
      );
      await outbox.append(
        {
          type: 'internal.ml.alias.moved',
          model: key.model,
          subject: `${key.model}@${key.name}`,
          actor: context.actor,
          data: { alias: key.name, from, to, reason },
        },
        trx,
      );
    });
    changes.modelChanged({ model: key.model });
  }

  async #requireManage(context: RequestContext, name: string): Promise<void> {
    const { authorizer, registry } = this.#options;
    const model = await registry.getModel(context, name);
    await authorizer.requireForModel(context, mlVersionManagePermission, model);
  }

  async #checkPolicy(
    context: RequestContext,
    key: AliasKey,
    version: Version,
    policy: AliasPolicy,
  ): Promise<void> {
    const { audit, evidence } = this.#options;
    await this.#checkMovers(context, key, policy);
    const facts = await evidence.check(version, policy.evidence);
    const missing = facts.filter(({ met }) => !met);
    if (!missing.length) return;
    await audit.record({
      actor: context.actor,
      action: 'alias.move',
      resource: resourceOf(key),
      outcome: 'denied',
      details: { to: version.version, missing },
      requestId: context.requestId,
    });
    const code: RefusalCode = 'GATE_REFUSED';
    throw Object.assign(
      new ConflictError(
        `The policy of the alias '${key.name}' asks for what ${key.model}@${
          version.version
        } lacks: ${missing
          .map(fact => `${fact.requirement} (${fact.missing})`)
          .join('; ')}`,
      ),
      { code },
    );
  }

  async #checkMovers(
    context: RequestContext,
    key: AliasKey,
    policy: AliasPolicy,
  ): Promise<void> {
    if (!policy.movers.length) return;
    const { audit, getOwnershipRefs } = this.#options;
    const refs = await getOwnershipRefs(context);
    if (refs.some(ref => policy.movers.includes(ref))) return;
    await audit.record({
      actor: context.actor,
      action: 'alias.move',
      resource: resourceOf(key),
      outcome: 'denied',
      details: { movers: policy.movers },
      requestId: context.requestId,
    });
    throw new NotAllowedError(
      `The alias '${key.name}' of ${
        key.model
      } may be changed by ${policy.movers.join(', ')} only; ask one of them`,
    );
  }
}

function resourceOf(key: AliasKey): string {
  return `alias:${key.model}@${key.name}`;
}
