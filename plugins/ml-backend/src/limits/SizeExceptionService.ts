import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import {
  type Approval,
  formatByteSize,
  mlApprovalDecidePlatformPermission,
  mlVersionManagePermission,
  type ModelLimits,
  type SizeException,
  type SizeExceptionRequest,
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
import type { ModelArtifactLimits } from './ModelArtifactLimits';
import type { SizeExceptionStore } from './SizeExceptionStore';

export interface SizeExceptionServiceOptions {
  store: SizeExceptionStore;
  /** Absent when the registry is not the portal's own. */
  limits?: ModelArtifactLimits;
  approvals: ApprovalService;
  registry: RegistryService;
  authorizer: Authorizer;
  audit: AuditLog;
  changes: ChangeNotifier;
}

const YEAR_MS = 366 * 24 * 60 * 60 * 1000;

/**
 * Exceptions from the limit on the size of artifacts: for one model, until a
 * day, with the approval of a second person.
 */
export class SizeExceptionService implements ApprovalAction {
  readonly #options: SizeExceptionServiceOptions;

  constructor(options: SizeExceptionServiceOptions) {
    this.#options = options;
    options.approvals.register({
      kind: 'artifact.limit',
      title: 'Larger artifacts',
      permission: mlApprovalDecidePlatformPermission,
      action: this,
    });
  }

  async get(context: RequestContext, model: string): Promise<ModelLimits> {
    const { limits, registry, store } = this.#options;
    await registry.getModel(context, model);
    return {
      model,
      defaultBytes: await limits?.getDefault(),
      maxBytes: await limits?.limitOf(model),
      exceptions: await store.list(model),
    };
  }

  async request(
    context: RequestContext,
    model: string,
    request: SizeExceptionRequest,
  ): Promise<Approval> {
    const { approvals } = this.#options;
    await this.#requireManage(context, model);
    const { limitOf, ...checked } = await this.#check(model, request);
    return approvals.request(context, {
      kind: 'artifact.limit',
      model,
      subject: checked,
      subjectKey: model,
      summary: `Let artifacts of ${model} have ${formatByteSize(
        checked.maxBytes,
      )}`,
      reason: request.reason,
      consequences: [
        `An artifact of ${model} may have up to ${bytes(
          checked.maxBytes,
        )}, instead of ${bytes(limitOf)}, until ${checked.expiresAt}.`,
        'The limit of every other model stays as it is.',
        'What was pushed under it stays when it ends; further pushes obey the default again.',
      ],
    });
  }

  async carryOut(
    approval: Approval,
    context: RequestContext,
    trx: Knex.Transaction,
  ): Promise<void> {
    const { audit, store } = this.#options;
    const { id, reason, requestedBy, subject } = approval;
    const model = approval.model!;
    const expiresAt = String(subject.expiresAt);
    if (Date.parse(expiresAt) <= Date.now()) {
      throw new ConflictError(
        `What was asked for ended on ${expiresAt} already; deny it, and let it be asked for anew`,
      );
    }
    const granted = { maxBytes: Number(subject.maxBytes), expiresAt };
    await store.create(trx, {
      ...granted,
      ...{ id, model, reason, requestedBy },
      approvedBy: context.actor,
      approvedAt: new Date().toISOString(),
    });
    await audit.record(
      {
        actor: context.actor,
        action: 'limit.grant',
        resource: `model:${model}`,
        outcome: 'succeeded',
        details: { approval: id, requestedBy, ...granted },
        requestId: context.requestId,
      },
      trx,
    );
  }

  async revoke(
    context: RequestContext,
    model: string,
    id: string,
  ): Promise<SizeException> {
    const { audit, changes, store } = this.#options;
    await this.#requireManage(context, model);
    const exception = await store.get(id);
    if (exception?.model !== model) {
      throw new NotFoundError(
        `${model} has no size exception ${id}; 'ml limits show ${model}' lists those it has`,
      );
    }
    await store.transaction(async trx => {
      if (!(await store.revoke(trx, id, context.actor))) {
        throw new ConflictError(`The size exception ${id} is over already`);
      }
      await audit.record(
        {
          actor: context.actor,
          action: 'limit.revoke',
          resource: `model:${model}`,
          outcome: 'succeeded',
          details: { approval: id, maxBytes: exception.maxBytes },
          requestId: context.requestId,
        },
        trx,
      );
    });
    changes.modelChanged({ model });
    return (await store.get(id))!;
  }

  async #check(model: string, { expiresAt, maxBytes }: SizeExceptionRequest) {
    const { limits } = this.#options;
    if (!limits) {
      throw new ConflictError(
        'Artifacts are not kept by this portal, so it has no limit to lift; ask who runs the registry',
      );
    }
    const limitOf = await limits.limitOf(model);
    if (maxBytes <= limitOf) {
      throw new InputError(
        `maxBytes: ${bytes(
          maxBytes,
        )} is no more than ${model} has already, ${bytes(limitOf)}`,
      );
    }
    const end = new Date(expiresAt).getTime();
    if (end <= Date.now() || end > Date.now() + YEAR_MS) {
      throw new InputError(
        `expiresAt: ${expiresAt} must lie ahead, by a year at most`,
      );
    }
    return { maxBytes, expiresAt: new Date(end).toISOString(), limitOf };
  }

  async #requireManage(context: RequestContext, name: string): Promise<void> {
    const { authorizer, registry } = this.#options;
    const model = await registry.getModel(context, name);
    await authorizer.requireForModel(context, mlVersionManagePermission, model);
  }
}

function bytes(count: number): string {
  return `${formatByteSize(count)} (${count} bytes)`;
}
