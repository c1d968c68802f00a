import { ConflictError, InputError } from '@backstage/errors';
import {
  type EventType,
  mlVersionManagePermission,
  type Version,
  type VersionState,
} from '@ml-platform/plugin-ml-common';
import type { AuditLog } from '../audit/AuditLog';
import type { Authorizer } from '../authorization/Authorizer';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import type { RequestContext } from '../http/requestContext';
import type { EventOutbox } from '../webhooks/EventOutbox';
import type { RegistryService } from './RegistryService';
import type { RegistryStore, StateChange } from './RegistryStore';

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
/** Consumers get this long to move, as product.md promises for APIs. */
const MIN_SUNSET_WEEKS = 8;

export interface VersionLifecycleOptions {
  store: RegistryStore;
  registry: RegistryService;
  authorizer: Authorizer;
  audit: AuditLog;
  outbox: EventOutbox;
  changes: ChangeNotifier;
}

/** Publishes drafts, and deprecates versions with notice to their consumers. */
export class VersionLifecycle {
  readonly #options: VersionLifecycleOptions;

  constructor(options: VersionLifecycleOptions) {
    this.#options = options;
  }

  publish(
    context: RequestContext,
    model: string,
    version: string,
  ): Promise<Version> {
    return this.#change(context, model, version, {
      action: 'version.publish',
      event: 'internal.ml.version.registered',
      from: ['draft'],
      to: 'registered',
      refusal: state => `is ${state}; only a draft can be published`,
    });
  }

  async deprecate(
    context: RequestContext,
    model: string,
    version: string,
    request: { sunset: string; reason: string; replacement?: string },
  ): Promise<Version> {
    const earliest = new Date(Date.now() + MIN_SUNSET_WEEKS * WEEK_MS);
    const sunset = new Date(request.sunset);
    // A whole day's grace, since people give dates and not moments.
    if (sunset.getTime() < earliest.getTime() - WEEK_MS / 7) {
      throw new InputError(
        `sunset: ${
          request.sunset
        } leaves consumers less than ${MIN_SUNSET_WEEKS} weeks; give ${earliest
          .toISOString()
          .slice(0, 10)} or later`,
      );
    }
    if (request.replacement) {
      if (request.replacement === version) {
        throw new InputError('replacement: is the version itself');
      }
      await this.#options.registry.getVersion(
        context,
        model,
        request.replacement,
      );
    }
    return this.#change(context, model, version, {
      action: 'version.deprecate',
      event: 'internal.ml.version.deprecated',
      from: ['registered', 'deprecated'],
      to: 'deprecated',
      deprecation: {
        at: new Date().toISOString(),
        by: context.actor,
        sunset: sunset.toISOString(),
        reason: request.reason,
        ...(request.replacement && { replacement: request.replacement }),
      },
      refusal: state =>
        state === 'draft'
          ? 'is a draft, which nobody relies on; delete it instead'
          : `is ${state}`,
    });
  }

  undeprecate(
    context: RequestContext,
    model: string,
    version: string,
  ): Promise<Version> {
    return this.#change(context, model, version, {
      action: 'version.undeprecate',
      from: ['deprecated'],
      to: 'registered',
      refusal: state => `is ${state}, not deprecated`,
    });
  }

  async #change(
    context: RequestContext,
    name: string,
    version: string,
    change: StateChange & {
      action: string;
      event?: EventType;
      refusal: (state: VersionState) => string;
    },
  ): Promise<Version> {
    const { audit, authorizer, changes, outbox, registry, store } =
      this.#options;
    const model = await registry.getModel(context, name);
    await authorizer.requireForModel(context, mlVersionManagePermission, model);
    const before = await registry.getVersion(context, name, version);
    await store.transaction(async trx => {
      if (!(await store.setState(trx, { model: name, version }, change))) {
        throw new ConflictError(
          `${name}@${version} ${change.refusal(before.state)}`,
        );
      }
      await audit.record(
        {
          actor: context.actor,
          action: change.action,
          resource: `version:${name}@${version}`,
          outcome: 'succeeded',
          details: { from: before.state, ...change.deprecation },
          requestId: context.requestId,
        },
        trx,
      );
      if (change.event) {
        await outbox.append(
          {
            type: change.event,
            model: name,
            subject: `${name}@${version}`,
            actor: context.actor,
            data: {
              version,
              digest: before.digest,
              ...(change.deprecation && { deprecation: change.deprecation }),
            },
          },
          trx,
        );
      }
    });
    changes.modelChanged({ model: name });
    return registry.getVersion(context, name, version);
  }
}
