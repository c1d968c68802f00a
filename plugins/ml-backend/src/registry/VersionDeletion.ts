import { ConflictError } from '@backstage/errors';
import {
  type Approval,
  mlApprovalDecidePermission,
  mlVersionDeletePermission,
  type Version,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { AliasStore } from '../aliases/AliasStore';
import type {
  ApprovalAction,
  ApprovalService,
} from '../approvals/ApprovalService';
import type { AuditLog } from '../audit/AuditLog';
import type { Authorizer } from '../authorization/Authorizer';
import type { RequestContext } from '../http/requestContext';
import type { ExperimentStore } from '../experiments/ExperimentStore';
import type { ReleaseStore } from '../releases/ReleaseStore';
import { versionUses } from '../releases/versionUses';
import type { EventOutbox } from '../webhooks/EventOutbox';
import type { ArtifactReleaser } from './ArtifactReleaser';
import type { RegistryService } from './RegistryService';
import type { RegistryStore } from './RegistryStore';

export interface VersionDeletionOptions {
  store: RegistryStore;
  registry: RegistryService;
  releases: ReleaseStore;
  experiments: Pick<ExperimentStore, 'list'>;
  aliases: AliasStore;
  approvals: ApprovalService;
  artifacts: ArtifactReleaser;
  authorizer: Authorizer;
  audit: AuditLog;
  outbox: EventOutbox;
}

/**
 * Deletes versions: a draft at once, any other with a second person's approval.
 * What is live, or what a rollback or a pinned caller relies on, cannot go; the
 * rule is checked when it is asked for and again when it is done.
 */
export class VersionDeletion implements ApprovalAction {
  readonly #options: VersionDeletionOptions;

  constructor(options: VersionDeletionOptions) {
    this.#options = options;
    options.approvals.register({
      kind: 'version.delete',
      title: 'Delete a version',
      permission: mlApprovalDecidePermission,
      action: this,
    });
  }

  async request(
    context: RequestContext,
    name: string,
    versionName: string,
    reason: string,
  ): Promise<Approval | { deleted: true }> {
    const { approvals, authorizer, registry, store } = this.#options;
    const model = await registry.getModel(context, name);
    await authorizer.requireForModel(context, mlVersionDeletePermission, model);
    const version = await registry.getVersion(context, name, versionName);
    await this.#checkUnused(version);
    if (version.state === 'draft') {
      await store.transaction(trx => this.#delete(context, version, trx));
      return { deleted: true };
    }
    return approvals.request(context, {
      kind: 'version.delete',
      model: name,
      subject: { version: versionName, digest: version.digest },
      subjectKey: `${name}@${versionName}`,
      summary: `Delete ${name} ${versionName}`,
      reason,
      consequences: await this.#consequences(version),
    });
  }

  async carryOut(
    approval: Approval,
    context: RequestContext,
    trx: Knex.Transaction,
  ): Promise<void> {
    const { subject } = approval;
    const model = approval.model!;
    const version = await this.#options.store.getVersion(
      model,
      String(subject.version),
      trx,
    );
    if (version?.digest !== subject.digest) {
      throw new ConflictError(
        `${model}@${subject.version} is not what this was asked for`,
      );
    }
    await this.#checkUnused(version, trx);
    await this.#delete(context, version, trx);
  }

  /** Deletes a version that somebody has approved with others. */
  async deleteApproved(
    context: RequestContext,
    key: { model: string; version: string },
    trx: Knex.Transaction,
  ): Promise<void> {
    const { model, version: name } = key;
    const version = await this.#options.store.getVersion(model, name, trx);
    if (!version) throw new ConflictError(`${model}@${name} is not there`);
    await this.#checkUnused(version, trx);
    await this.#delete(context, version, trx);
  }

  async #delete(
    context: RequestContext,
    version: Version,
    trx: Knex.Transaction,
  ): Promise<void> {
    const { aliases, artifacts, audit, outbox, store } = this.#options;
    const { model } = version;
    const deleted = await store.setState(
      trx,
      { model, version: version.version },
      { from: ['draft', 'registered', 'deprecated'], to: 'deleted' },
    );
    if (!deleted) {
      throw new ConflictError(`${model}@${version.version} is deleted already`);
    }
    for (const name of version.aliases) {
      await aliases.move(
        trx,
        { model, name },
        {
          from: version.version,
          by: context.actor,
          reason: `${version.version} was deleted`,
        },
      );
      await outbox.append(
        {
          type: 'internal.ml.alias.moved',
          model,
          subject: `${model}@${name}`,
          actor: context.actor,
          data: { alias: name, from: version.version },
        },
        trx,
      );
    }
    await artifacts.release(version.repository, version.digest, trx);
    await audit.record(
      {
        actor: context.actor,
        action: 'version.delete',
        resource: `version:${model}@${version.version}`,
        outcome: 'succeeded',
        details: { digest: version.digest, aliases: version.aliases },
        requestId: context.requestId,
      },
      trx,
    );
    // Nobody heard of a draft.
    if (version.state === 'draft') return;
    await outbox.append(
      {
        type: 'internal.ml.version.deleted',
        model,
        subject: `${model}@${version.version}`,
        actor: context.actor,
        data: { version: version.version, digest: version.digest },
      },
      trx,
    );
  }

  /** @throws ConflictError that names every use. */
  async #checkUnused(version: Version, trx?: Knex.Transaction): Promise<void> {
    const { model } = version;
    if (version.state === 'deleted') {
      throw new ConflictError(`${model}@${version.version} is deleted already`);
    }
    const uses =
      (await versionUses(this.#options, model, trx)).get(version.version) ?? [];
    if (uses.length) {
      throw new ConflictError(
        `${model}@${version.version} cannot be deleted: ${uses.join(
          '; ',
        )}. Deploy other versions, or stop the experiment, first`,
      );
    }
  }

  async #consequences(version: Version): Promise<string[]> {
    return [
      this.#options.artifacts.consequence({
        name: `${version.model}@${version.version}`,
        digest: version.digest,
      }),
      'The name of the version stays taken, and its card, releases and audit events are kept.',
      ...version.aliases.map(
        alias => `The alias '${alias}', which points at it, is removed.`,
      ),
    ];
  }
}
