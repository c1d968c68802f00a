import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { isDatabaseConflictError } from '@backstage/backend-plugin-api';
import { ConflictError } from '@backstage/errors';
import {
  mlModelCreatePermission,
  modelNameSchema,
  type NameCheck,
  type NewModel,
} from '@ml-platform/plugin-ml-common';
import type { AuditLog } from '../audit/AuditLog';
import type { Authorizer } from '../authorization/Authorizer';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import type { RequestContext } from '../http/requestContext';
import type { ModelFacts, RegistryStore, StoredModel } from './RegistryStore';

export interface ModelCreationOptions {
  store: RegistryStore;
  authorizer: Authorizer;
  audit: AuditLog;
  changes: ChangeNotifier;
}

/**
 * Creates models that have no version yet: their name is taken for their team,
 * and the catalog knows them. The first version that is registered fills them.
 */
export class ModelCreation {
  readonly #options: ModelCreationOptions;

  constructor(options: ModelCreationOptions) {
    this.#options = options;
  }

  /** Creating the same model again is no change, so that it can be repeated. */
  async create(
    context: RequestContext,
    request: NewModel,
  ): Promise<{ model: StoredModel; created: boolean }> {
    const { audit, authorizer, changes, store } = this.#options;
    const { name } = request;
    await authorizer.require(context, mlModelCreatePermission, `model:${name}`);
    const facts = toFacts(request);
    await authorizer.requireOwner(context, { name, owner: facts.owner });
    const existing = await this.#getSame(context, name, facts);
    if (existing) return { model: existing, created: false };

    const now = new Date().toISOString();
    const model: StoredModel = {
      name,
      ...facts,
      createdAt: now,
      createdBy: context.actor,
      updatedAt: now,
      versionCount: 0,
    };
    try {
      await store.transaction(async trx => {
        await store.insertModel(trx, model);
        await audit.record(
          {
            actor: context.actor,
            action: 'model.create',
            resource: `model:${name}`,
            outcome: 'succeeded',
            details: { owner: model.owner },
            requestId: context.requestId,
          },
          trx,
        );
      });
    } catch (error) {
      if (!isDatabaseConflictError(error)) throw error;
      // Somebody created it between the check and now.
      const other = await this.#getSame(context, name, facts);
      if (!other) throw error;
      return { model: other, created: false };
    }
    changes.modelChanged({ model: name });
    return { model, created: true };
  }

  /** Whether the caller could create a model of this name now. */
  async checkName(context: RequestContext, name: string): Promise<NameCheck> {
    const { authorizer, store } = this.#options;
    await authorizer.require(context, mlModelCreatePermission, `model:${name}`);
    const parsed = modelNameSchema.safeParse(name);
    if (!parsed.success) {
      const [{ message: reason }] = parsed.error.issues;
      return { name, available: false, reason };
    }
    const model = await store.getModel(name);
    if (!model) return { name, available: true };
    const isVisible = await authorizer.canRead(context, model);
    return { name, available: false, reason: taken(model, isVisible) };
  }

  async #getSame(
    context: RequestContext,
    name: string,
    facts: ModelFacts,
  ): Promise<StoredModel | undefined> {
    const { authorizer, store } = this.#options;
    const model = await store.getModel(name);
    if (!model) return undefined;
    const isVisible = await authorizer.canRead(context, model);
    if (
      isVisible &&
      model.owner === facts.owner &&
      model.createdBy === context.actor &&
      model.versionCount === 0
    ) {
      return model;
    }
    throw new ConflictError(`name: ${taken(model, isVisible)}; choose another`);
  }
}

function taken(model: StoredModel, isVisible: boolean): string {
  return isVisible
    ? `there is a model '${model.name}' already, owned by ${model.owner}`
    : `the name '${model.name}' is taken by another team's model`;
}

function toFacts(request: NewModel): ModelFacts {
  const ref = (text: string, defaultKind: string) =>
    stringifyEntityRef(parseEntityRef(text, { defaultKind }));
  return {
    title: request.title ?? request.name,
    description: request.description,
    owner: ref(request.owner, 'group'),
    system: request.system && ref(request.system, 'system'),
    dependsOn: [],
    tags: request.tags ?? [],
  };
}
