import { InputError } from '@backstage/errors';
import type {
  BasicPermission,
  ResourcePermission,
} from '@backstage/plugin-permission-common';
import type {
  Approval,
  ApprovalKind,
  ApprovalKindInfo,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { RequestContext } from '../http/requestContext';

/** What is done when a request of a kind is approved. */
export interface ApprovalAction {
  /**
   * Checks what cannot be looked at within a transaction, before it begins.
   * @throws when what was asked for may not be done now
   */
  prepare?(approval: Approval, context: RequestContext): Promise<void>;
  /**
   * Checks once more, and acts, in the transaction of the approval.
   * @throws when the subject is not what was asked for any more
   */
  carryOut(
    approval: Approval,
    context: RequestContext,
    trx: Knex.Transaction,
  ): Promise<void>;
}

/** How requests of one kind are decided on, and what comes of it. */
export interface ApprovalKindDefinition {
  kind: ApprovalKind;
  /** For people, e.g. "Delete a version". */
  title: string;
  /**
   * The permission that it takes to decide: by model, and then each request is
   * about a model, or of the whole platform.
   */
  permission: BasicPermission | ResourcePermission;
  /**
   * What an approval does at once. Without it, an approval is a permit: who
   * asked uses it through `ApprovalService.consume`.
   */
  action?: ApprovalAction;
  /** How long a permit may be used, in milliseconds; a day by default. */
  usableFor?: number;
  /** Whether an emergency may do without the second person; yes by default. */
  breakGlass?: boolean;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** The table of kinds: each domain adds the ones that it asks for. */
export class ApprovalKinds {
  readonly #kinds = new Map<ApprovalKind, ApprovalKindDefinition>();

  register(definition: ApprovalKindDefinition): void {
    const { kind } = definition;
    if (this.#kinds.has(kind)) {
      throw new Error(`The kind of approval '${kind}' is registered already`);
    }
    this.#kinds.set(kind, definition);
  }

  /** @throws InputError for a kind that nobody registered. */
  get(kind: ApprovalKind): ApprovalKindDefinition {
    const found = this.#kinds.get(kind);
    if (!found) {
      throw new InputError(
        `kind: '${kind}' is none; it is one of ${[...this.#kinds.keys()].join(
          ', ',
        )}`,
      );
    }
    return found;
  }

  find(kind: ApprovalKind): ApprovalKindDefinition | undefined {
    return this.#kinds.get(kind);
  }

  list(): ApprovalKindInfo[] {
    return [...this.#kinds.values()].map(definition => ({
      kind: definition.kind,
      title: definition.title,
      permission: definition.permission.name,
      perModel: definition.permission.type === 'resource',
      effect: definition.action ? 'act' : 'permit',
      usableForSeconds: definition.action
        ? undefined
        : usableFor(definition) / 1000,
      breakGlass: definition.breakGlass ?? true,
    }));
  }
}

/** Milliseconds in which a permit may be used. */
export function usableFor(definition: ApprovalKindDefinition): number {
  return definition.usableFor ?? DAY_MS;
}
