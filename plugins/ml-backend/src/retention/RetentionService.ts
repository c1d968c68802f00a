import { ConflictError, NotFoundError } from '@backstage/errors';
import {
  type Approval,
  formatByteSize,
  mlVersionDeletePermission,
  mlApprovalDecidePermission,
  mlVersionManagePermission,
  type RetentionPreview,
  type RetentionRule,
  type StoredRetentionRule,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type {
  ApprovalAction,
  ApprovalService,
} from '../approvals/ApprovalService';
import type { AuditLog } from '../audit/AuditLog';
import type { Authorizer } from '../authorization/Authorizer';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import type { RequestContext } from '../http/requestContext';
import type { RegistryService } from '../registry/RegistryService';
import type { VersionDeletion } from '../registry/VersionDeletion';
import type { ExperimentStore } from '../experiments/ExperimentStore';
import type { ReleaseStore } from '../releases/ReleaseStore';
import { versionUses } from '../releases/versionUses';
import { applyRule } from './applyRule';
import type { RetentionStore } from './RetentionStore';

export interface RetentionServiceOptions {
  store: RetentionStore;
  registry: RegistryService;
  releases: ReleaseStore;
  experiments: Pick<ExperimentStore, 'list'>;
  deletion: VersionDeletion;
  approvals: ApprovalService;
  authorizer: Authorizer;
  audit: AuditLog;
  changes: ChangeNotifier;
}

/**
 * Rules that say which versions of a model stay. What a rule does not keep is
 * proposed for deletion, all of it in one request; a second person decides, and
 * what has come into use meanwhile stays.
 */
export class RetentionService implements ApprovalAction {
  readonly #options: RetentionServiceOptions;

  constructor(options: RetentionServiceOptions) {
    this.#options = options;
    options.approvals.register({
      kind: 'retention.delete',
      title: 'Delete old versions',
      permission: mlApprovalDecidePermission,
      action: this,
    });
  }

  async get(
    context: RequestContext,
    model: string,
  ): Promise<StoredRetentionRule | undefined> {
    await this.#options.registry.getModel(context, model);
    return this.#options.store.get(model);
  }

  async set(
    context: RequestContext,
    model: string,
    rule: RetentionRule,
  ): Promise<StoredRetentionRule> {
    const { store } = this.#options;
    await this.#requireManage(context, model);
    for (const version of rule.protected) {
      await this.#options.registry.getVersion(context, model, version);
    }
    const before = await store.get(model);
    await store.transaction(async trx => {
      await store.set(trx, model, rule, context.actor);
      await this.#record(context, model, 'retention.set', trx, {
        before,
        after: rule,
      });
    });
    return (await store.get(model))!;
  }

  async clear(context: RequestContext, model: string): Promise<void> {
    const { store } = this.#options;
    await this.#requireManage(context, model);
    const before = await store.get(model);
    if (!before) throw noRule(model);
    await store.transaction(async trx => {
      await store.clear(trx, model);
      await this.#record(context, model, 'retention.clear', trx, { before });
    });
  }

  /** What the rule of the model, or another one, would do now. */
  async preview(
    context: RequestContext,
    model: string,
    other?: RetentionRule,
  ): Promise<RetentionPreview> {
    const rule = other ?? (await this.get(context, model));
    if (!rule) throw noRule(model);
    await this.#options.registry.getModel(context, model);
    return this.#apply(model, rule);
  }

  /** Undefined when there is nothing to delete. */
  async propose(
    context: RequestContext,
    name: string,
  ): Promise<Approval | undefined> {
    const { authorizer, registry } = this.#options;
    const model = await registry.getModel(context, name);
    await authorizer.requireForModel(context, mlVersionDeletePermission, model);
    const rule = await this.get(context, name);
    if (!rule) throw noRule(name);
    return this.#propose(context, rule);
  }

  /**
   * For the schedule: proposes in the name of who set the rule, who therefore
   * cannot approve it. Keeps quiet while a proposal waits, and does not repeat
   * one that was turned down.
   */
  async proposeScheduled(
    context: RequestContext,
    rule: StoredRetentionRule,
  ): Promise<Approval | undefined> {
    const { approvals } = this.#options;
    const last = await approvals.findLast('retention.delete', rule.model);
    if (last?.state === 'pending') return undefined;
    const { remove } = await this.#apply(rule.model, rule);
    const isSame = last?.subject.versions === namesOf(remove);
    if (isSame && (last.state === 'denied' || last.state === 'withdrawn')) {
      return undefined;
    }
    return this.#propose(context, rule, rule.setBy);
  }

  listRules(): Promise<StoredRetentionRule[]> {
    return this.#options.store.list();
  }

  async carryOut(
    approval: Approval,
    context: RequestContext,
    trx: Knex.Transaction,
  ): Promise<void> {
    const { deletion, store } = this.#options;
    const { id, subject } = approval;
    const model = approval.model!;
    const asked = new Set(String(subject.versions).split(' '));
    // By the rule that was approved, but by what is in use now.
    const { remove } = await this.#apply(
      model,
      {
        keepNewest: Number(subject.keepNewest),
        keepDays: subject.keepDays ? Number(subject.keepDays) : undefined,
        protected: (await store.get(model, trx))?.protected ?? [],
      },
      trx,
    );
    const going = remove.filter(({ version }) => asked.has(version));
    if (!going.length) {
      throw new ConflictError(
        `Every version of ${model} that was to go is in use or gone by now; deny the request`,
      );
    }
    for (const { version } of going) {
      await deletion.deleteApproved(context, { model, version }, trx);
      asked.delete(version);
    }
    await this.#record(context, model, 'retention.delete', trx, {
      approval: id,
      deleted: going.map(({ version }) => version),
      kept: [...asked],
    });
  }

  async #propose(
    context: RequestContext,
    rule: StoredRetentionRule,
    requestedBy?: string,
  ): Promise<Approval | undefined> {
    const { model, setBy } = rule;
    const preview = await this.#apply(model, rule);
    const { keep, remove, removeBytes, truncated } = preview;
    await this.#record(context, model, 'retention.run', undefined, {
      remove: remove.length,
      keep: keep.length,
    });
    if (!remove.length) return undefined;
    return this.#options.approvals.request(context, {
      kind: 'retention.delete',
      model,
      requestedBy,
      subject: {
        count: remove.length,
        versions: namesOf(remove),
        keepNewest: rule.keepNewest,
        ...(rule.keepDays && { keepDays: rule.keepDays }),
      },
      subjectKey: model,
      summary: `Delete ${remove.length} old versions of ${model}`,
      reason: `The retention rule that ${setBy} set: keep the newest ${
        rule.keepNewest
      }${rule.keepDays ? ` and those younger than ${rule.keepDays} days` : ''}`,
      consequences: [
        `These ${remove.length} versions of ${model} are deleted: ${remove
          .map(({ version }) => version)
          .join(', ')}.`,
        `Up to ${formatByteSize(
          removeBytes,
        )} are freed, as far as no other version has the same bytes.`,
        'What has come into use by then stays.',
        'The names of the versions stay taken, and their cards, releases and audit events are kept.',
        ...(truncated
          ? ['More versions would go; the next request names them.']
          : []),
      ],
    });
  }

  async #apply(
    model: string,
    rule: RetentionRule,
    trx?: Knex.Transaction,
  ): Promise<RetentionPreview> {
    const { store } = this.#options;
    const { keepDays, keepNewest, protected: named } = rule;
    return applyRule({
      model,
      rule: { keepNewest, keepDays, protected: named },
      candidates: await store.listCandidates(model, trx),
      uses: await versionUses(this.#options, model, trx),
    });
  }

  async #requireManage(context: RequestContext, name: string): Promise<void> {
    const { authorizer, registry } = this.#options;
    const model = await registry.getModel(context, name);
    await authorizer.requireForModel(context, mlVersionManagePermission, model);
  }

  async #record(
    context: RequestContext,
    model: string,
    action: string,
    trx: Knex.Transaction | undefined,
    details: Record<string, unknown>,
  ): Promise<void> {
    await this.#options.audit.record(
      {
        actor: context.actor,
        action,
        resource: `model:${model}`,
        outcome: 'succeeded',
        details,
        requestId: context.requestId,
      },
      trx,
    );
  }
}

function namesOf(versions: { version: string }[]): string {
  return versions.map(({ version }) => version).join(' ');
}

function noRule(model: string): NotFoundError {
  return new NotFoundError(
    `${model} has no retention rule, so every version stays. Set one with: ml retention set ${model} --newest 10`,
  );
}
