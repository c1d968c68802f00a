import { isDatabaseConflictError } from '@backstage/backend-plugin-api';
import { ConflictError } from '@backstage/errors';
import {
  type LiftedRule,
  type Release,
  waitsFor,
} from '@ml-platform/plugin-ml-common';
import type { AuditLog } from '../audit/AuditLog';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import type { RequestContext } from '../http/requestContext';
import type { EventOutbox } from '../webhooks/EventOutbox';
import type {
  AskedRelease,
  ReleaseAdmission,
} from './admission/ReleaseAdmission';
import { lifting } from './admission/lifting';
import type { ReleaseExceptions } from './admission/ReleaseExceptions';
import { ReleaseRefusal } from './admission/ReleaseRefusal';
import { startedEvent } from './releaseEvent';
import type { NewRelease, ReleaseStore } from './ReleaseStore';
import type { WaitingReleases } from './waiting/WaitingReleases';

export interface ReleaseCreationOptions {
  store: ReleaseStore;
  audit: AuditLog;
  changes: ChangeNotifier;
  admission: ReleaseAdmission;
  exceptions: ReleaseExceptions;
  outbox: EventOutbox;
  waiting: Pick<WaitingReleases, 'supersede'>;
  /** Called when there is a release to carry out. */
  onCreated: () => void;
}

/** A deployment that is asked for, by somebody who may have what waits ended for it. */
type Asked = AskedRelease & { digest: string; supersedes?: string };

/** Stores releases that may be asked for, by the rules: once, and one at a time. */
export class ReleaseCreation {
  readonly #options: ReleaseCreationOptions;

  constructor(options: ReleaseCreationOptions) {
    this.#options = options;
  }

  /** The release that the same request made before. */
  async findRepeated(
    context: RequestContext,
    request: Pick<NewRelease, 'model' | 'environment' | 'kind'> & {
      version?: string;
      idempotencyKey?: string;
    },
  ): Promise<Release | undefined> {
    const { idempotencyKey } = request;
    if (!idempotencyKey) return undefined;
    const earlier = await this.#options.store.findByIdempotencyKey(
      context.actor,
      idempotencyKey,
    );
    if (!earlier) return undefined;
    if (
      earlier.model !== request.model ||
      earlier.environment !== request.environment ||
      earlier.kind !== request.kind ||
      (request.version !== undefined && earlier.version !== request.version)
    ) {
      throw new ConflictError(
        `idempotency-key: was used for another request (release ${earlier.number} of ${earlier.model} in ${earlier.environment}); use a new key`,
      );
    }
    return earlier;
  }

  async create(
    context: RequestContext,
    request: NewRelease,
    /** Of a deployment; a rollback obeys none of the rules. */
    asked?: Asked,
  ): Promise<Release> {
    const { changes, exceptions, onCreated, store } = this.#options;
    const repeated = await this.findRepeated(context, request);
    if (repeated) return repeated;
    const { model, environment } = request;
    const mayUse = asked
      ? await exceptions.mayUse(context, asked.model)
      : false;
    let release: Release;
    let superseded: Release | undefined;
    try {
      ({ release, superseded } = await this.#store(context, request, {
        ...{ asked, mayUse },
      }));
    } catch (error) {
      if (error instanceof ReleaseRefusal) {
        await this.#recordRefusal(context, request, error);
      }
      if (!isDatabaseConflictError(error)) throw error;
      const again = await this.findRepeated(context, request);
      if (again) return again;
      const active = await store.getActive(model, environment);
      throw new ConflictError(
        active
          ? inTheWay(active, request)
          : `Another release of ${model} in ${environment} was just requested; try again`,
      );
    }
    for (const { id } of [...(superseded ? [superseded] : []), release]) {
      changes.modelChanged({ model, environment, releaseId: id });
    }
    onCreated();
    return release;
  }

  async #store(
    context: RequestContext,
    request: NewRelease,
    { asked, mayUse }: { asked?: Asked; mayUse: boolean },
  ): Promise<{ release: Release; superseded?: Release }> {
    const { admission, audit, exceptions, outbox, store, waiting } =
      this.#options;
    const { environment, model, version } = request;
    const policy = await admission.getPolicy();
    return store.transaction(async trx => {
      const { awaiting, lift, lifted } = lifting({
        ...{ context, exceptions, mayUse, trx, mayWait: true },
        model: { name: model },
        subject: { environment, version, digest: asked?.digest ?? '' },
      });
      // First, so that the rules are asked as if it had never been.
      const superseded =
        asked?.supersedes &&
        (await waiting.supersede(trx, context, asked.supersedes, request));
      if (asked) await admission.admit(trx, asked, policy, lift);
      let created = await store.create(trx, request);
      if (asked) {
        const strategy = await admission.settleStrategy(
          asked,
          policy,
          created.fromVersion,
          lift,
        );
        await store.settle(trx, created.id, { strategy, lifted, awaiting });
        created = {
          ...{ ...created, strategy },
          ...(lifted.length && { lifted }),
          ...(awaiting.length && { awaiting }),
        };
        if (awaiting.length && created.state !== 'gate') {
          await this.#await(trx, created, awaiting);
          created = { ...created, state: 'approval' };
        }
      }
      await audit.record(
        {
          actor: context.actor,
          action: `release.${request.kind}`,
          resource: `deployment:${environment}/${model}`,
          outcome: 'intended',
          details: {
            release: created.id,
            number: created.number,
            version: created.version,
            fromVersion: created.fromVersion,
            strategy: created.strategy,
            ...(lifted.length && { lifted }),
            ...(awaiting.length && { awaiting }),
            ...(superseded && { supersedes: superseded.id }),
            ...(created.promotedFrom && {
              promotedFrom: created.promotedFrom,
            }),
          },
          requestId: context.requestId,
        },
        trx,
      );
      await outbox.append(startedEvent(created), trx);
      return { release: created, ...(superseded && { superseded }) };
    });
  }

  async #await(
    trx: Parameters<ReleaseStore['transition']>[0],
    { id, requestedBy, state }: Release,
    awaiting: LiftedRule[],
  ): Promise<void> {
    await this.#options.store.transition(trx, id, {
      ...{ from: state, to: 'approval', actor: requestedBy },
      cause: `Waits for approval ${awaiting
        .map(({ approval, rule }) => `${approval} (${rule})`)
        .join(', ')}`,
    });
  }

  async #recordRefusal(
    context: RequestContext,
    { environment, kind, model, version }: NewRelease,
    { code }: ReleaseRefusal,
  ): Promise<void> {
    await this.#options.audit.record({
      actor: context.actor,
      action: `release.${kind}`,
      resource: `deployment:${environment}/${model}`,
      outcome: 'denied',
      details: { version, rule: code },
      requestId: context.requestId,
    });
  }
}

/** Why a release cannot begin now: one is before it, and what can be done about that. */
function inTheWay(
  active: Release,
  { kind, version }: Pick<NewRelease, 'kind' | 'version'>,
): string {
  const { createdAt, environment, id, model, number, requestedBy } = active;
  const before = `Release ${number} (${active.kind} of ${active.version}) of ${model} in ${environment}`;
  const awaited = waitsFor(active);
  if (!awaited || kind !== 'deploy') {
    return `${before} is under way since ${createdAt}; wait until it ends ('ml status ${model} --watch')`;
  }
  return `${before} is under way: ${requestedBy} asked for it at ${createdAt}, and it waits for ${awaited}. Nothing has changed for callers. Deploy in its place with 'ml deploy ${model}@${version} --env ${environment} --supersede', end it with 'ml releases abort ${id}', or wait for it ('ml releases watch ${id}')`;
}
