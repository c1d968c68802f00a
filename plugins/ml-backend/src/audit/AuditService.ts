import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import {
  ConflictError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import {
  type AuditAlert,
  type AuditStatus,
  type AuditVerification,
  type ListedAuditEvent,
  mlAuditManagePermission,
  mlAuditReadPermission,
  type Page,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { Authorizer } from '../authorization/Authorizer';
import type { RequestContext } from '../http/requestContext';
import type { AuditAlerts } from './alerts/AuditAlerts';
import type { AuditMonitor } from './alerts/AuditMonitor';
import type { AuditEntry, AuditLog, AuditQuery } from './AuditLog';
import type { Checkpointer } from './checkpoints/Checkpointer';
import type { NoteVerifier } from './checkpoints/SignedNote';
import { AuditExport, type ExportQuery } from './export/AuditExport';
import { DatabaseTree } from './tree/DatabaseTree';
import { MerkleTree } from './tree/MerkleTree';
import type { Sequencer } from './tree/Sequencer';
import type { AuditVerifier } from './verification/AuditVerifier';

export interface AuditServiceOptions {
  knex: Knex;
  log: AuditLog;
  sequencer: Sequencer;
  alerts: AuditAlerts;
  monitor: AuditMonitor;
  auditVerifier: AuditVerifier;
  /** Absent without a signing key. */
  checkpointer?: Checkpointer;
  verifier?: NoteVerifier;
  /** A checkpoint older than this, while there is something new, is late; milliseconds. */
  lateAfterMs: number;
}

/** What auditors may ask of the log. */
export class AuditService {
  readonly #options: AuditServiceOptions;
  #verifying: Promise<AuditVerification> | undefined;
  #authorizer: Authorizer | undefined;

  constructor(options: AuditServiceOptions) {
    this.#options = options;
  }

  /** The authorizer writes denials into the log, so it comes after it. */
  useAuthorizer(authorizer: Authorizer): void {
    this.#authorizer = authorizer;
  }

  /**
   * Records what another plugin of this backend has seen happen. Tokens of
   * `plugin:…` are signed by the backend itself; nobody else may write.
   */
  async recordForPlugin(
    context: RequestContext,
    entry: AuditEntry,
  ): Promise<void> {
    const { principal } = context.credentials as BackstageCredentials<{
      type?: string;
      subject?: string;
    }>;
    if (
      principal.type !== 'service' ||
      !principal.subject?.startsWith('plugin:')
    ) {
      throw new NotAllowedError(
        'only plugins of this backend write to the audit log',
      );
    }
    const { requestId } = context;
    const details = { ...entry.details, reportedBy: principal.subject };
    await this.#options.log.record({ ...entry, details, requestId });
  }

  async list(
    context: RequestContext,
    query: AuditQuery,
  ): Promise<Page<ListedAuditEvent>> {
    await this.#authorize(context);
    const { items, nextCursor } = await this.#options.log.list(query);
    return {
      items: items.map(({ sequence: _, ...event }) => event),
      nextCursor,
    };
  }

  async get(context: RequestContext, id: string): Promise<ListedAuditEvent> {
    await this.#authorize(context);
    const event = await this.#options.log.get(id);
    if (!event) throw new NotFoundError(`there is no audit event ${id}`);
    const { sequence: _, ...listed } = event;
    return listed;
  }

  /** A proof that the event is in the log, as {@link https://c2sp.org/tlog-proof | C2SP tlog-proof}. */
  async prove(context: RequestContext, id: string): Promise<string> {
    const { position } = await this.get(context, id);
    if (position === undefined) {
      throw new ConflictError(
        `audit event ${id} is not in the tree yet; ask again in a second`,
      );
    }
    return this.#prove(position);
  }

  /** The same for a place, whose event may have been disposed of: somebody may have kept it. */
  async proveAt(context: RequestContext, position: number): Promise<string> {
    await this.#authorize(context);
    const size = await new DatabaseTree(this.#options.knex).size();
    if (position >= size) {
      throw new NotFoundError(
        `the audit log has ${size} entries, from 0 to ${size - 1}`,
      );
    }
    return this.#prove(position);
  }

  async #prove(position: number): Promise<string> {
    const { note, size } = await this.#checkpointOf(position + 1);
    const path = await this.#tree().inclusionProof(position, size);
    const hashes = path.map(hash => `${hash.toString('base64')}\n`).join('');
    return `c2sp.org/tlog-proof@v1\nindex ${position}\n${hashes}\n${note}`;
  }

  async status(context: RequestContext): Promise<AuditStatus> {
    await this.#authorize(context);
    return this.health();
  }

  /** The same for health checks, which ask on nobody's behalf. */
  async health(): Promise<AuditStatus> {
    const { alerts, checkpointer, knex, lateAfterMs, verifier } = this.#options;
    const head = await knex('ml_audit_head').where({ id: 1 }).first();
    const [{ pending, refused }] = await knex('ml_audit_pending').select(
      knex.raw('count(*) as pending'),
      knex.raw('count(refused) as refused'),
    );
    const newest = await knex('ml_audit_checkpoints')
      .orderBy('id', 'desc')
      .first();
    const size = Number(head.size);
    const checkpoint = newest && { size: Number(newest.size), at: newest.at };
    const anchors = checkpointer?.anchors ?? [];
    const verification: AuditVerification | undefined = head.verification
      ? JSON.parse(head.verification)
      : undefined;
    const shared = {
      size,
      pending: Number(pending) - Number(refused),
      refused: Number(refused),
      checkpoint,
      verifierKey: verifier?.vkey,
      anchors,
      verification,
      alerts: await alerts.open(),
    };
    const broken =
      checkpointer?.contradiction ??
      verification?.findings[0]?.message ??
      (shared.refused
        ? `${shared.refused} events were not written by the platform`
        : undefined);
    if (broken) {
      const message = `The log was tampered with: ${broken}.`;
      return { ...shared, health: 'broken', message };
    }
    if (!verifier) {
      const message =
        'Nothing is signed, so a log that was rewritten as a whole would not be noticed: set ml.audit.signingKey.';
      return { ...shared, health: 'unsigned', message };
    }
    const problem = anchors.find(anchor => anchor.problem);
    const overdue =
      checkpoint !== undefined &&
      checkpoint.size < size &&
      Date.now() - Date.parse(checkpoint.at) > lateAfterMs;
    if (problem || overdue) {
      const message = problem
        ? `No checkpoint can be written to ${problem.name}: ${problem.problem}.`
        : `The newest checkpoint is of ${
            checkpoint!.at
          }, and entries have come since.`;
      return { ...shared, health: 'late', message };
    }
    if (shared.alerts.length) {
      const [{ message: first }, ...others] = shared.alerts;
      const message = `Somebody has to look: ${first}${
        others.length ? `, and ${others.length} more` : ''
      }.`;
      return { ...shared, health: 'alert', message };
    }
    if (!anchors.length) {
      const message =
        'Checkpoints are signed, but kept in the database only: set ml.audit.checkpoints.file to a place that its administrators cannot write.';
      return { ...shared, health: 'unanchored', message };
    }
    const message = `All ${size} entries are in the tree, checkpoints are kept in ${anchors
      .map(({ name }) => name)
      .join(', ')}.`;
    return { ...shared, health: 'ok', message };
  }

  /** Checks the whole log now, and keeps the result. */
  async verify(context: RequestContext): Promise<AuditVerification> {
    await this.#authorize(context);
    const result = await this.verifyNow();
    await this.#options.log.record({
      actor: context.actor,
      action: 'audit.verify',
      resource: 'audit',
      outcome: result.findings.length ? 'failed' : 'succeeded',
      details: { entries: result.entries, findings: result.findings.length },
      requestId: context.requestId,
    });
    return result;
  }

  /** One at a time; who asks meanwhile gets the same. */
  verifyNow(): Promise<AuditVerification> {
    const { auditVerifier, knex, monitor, sequencer } = this.#options;
    this.#verifying ??= (async () => {
      await sequencer.integrate();
      const result = await auditVerifier.verify();
      await knex('ml_audit_head')
        .where({ id: 1 })
        .update({ verification: JSON.stringify(result) });
      await monitor.tell(result);
      return result;
    })().finally(() => {
      this.#verifying = undefined;
    });
    return this.#verifying;
  }

  /** Says what an alert was about; it is not open any more. */
  async closeAlert(
    context: RequestContext,
    id: string,
    comment: string,
  ): Promise<AuditAlert> {
    const { alerts, knex, log } = this.#options;
    await this.#authorizer!.require(context, mlAuditManagePermission, 'audit');
    const alert = await alerts.get(id);
    if (!alert) {
      throw new NotFoundError(
        `there is no audit alert ${id}; 'ml audit status' lists those that are open`,
      );
    }
    const { actor, requestId } = context;
    await knex.transaction(async trx => {
      if (!(await alerts.close(trx, id, { by: actor, comment }))) {
        throw new ConflictError(`the audit alert ${id} is closed already`);
      }
      await log.record(
        {
          ...{ actor, requestId },
          action: 'audit.alert.close',
          resource: 'audit',
          outcome: 'succeeded',
          details: { alert: id, kind: alert.kind, comment },
        },
        trx,
      );
    });
    return (await alerts.get(id))!;
  }

  /**
   * All entries of a period, as lines. The export is itself recorded before the
   * first line leaves.
   */
  async export(
    context: RequestContext,
    query: ExportQuery,
  ): Promise<AsyncIterable<string>> {
    await this.#authorize(context);
    await this.#options.sequencer.integrate();
    const { knex, log, verifier } = this.#options;
    return new AuditExport({
      ...{ knex, log, verifier },
      checkpointOf: entries => this.#checkpointOf(entries),
    }).export(context, query);
  }

  /** A signed checkpoint that covers at least so many entries; made now when there is none. */
  async #checkpointOf(
    entries: number,
  ): Promise<{ size: number; note: string }> {
    const { checkpointer, knex } = this.#options;
    if (!checkpointer) {
      throw new ConflictError(
        'nothing can be proved without a signing key; set ml.audit.signingKey',
      );
    }
    const find = () =>
      knex('ml_audit_checkpoints')
        .where('size', '>=', entries)
        .orderBy('id', 'desc')
        .first();
    let found = await find();
    if (!found) {
      await checkpointer.checkpoint();
      found = await find();
    }
    if (!found) {
      throw new ConflictError(
        `the log signs nothing any more: ${
          checkpointer.contradiction ?? 'see the portal for its state'
        }`,
      );
    }
    return { size: Number(found.size), note: found.note };
  }

  #tree(): MerkleTree {
    return new MerkleTree(new DatabaseTree(this.#options.knex));
  }

  #authorize(context: RequestContext): Promise<void> {
    return this.#authorizer!.require(context, mlAuditReadPermission, 'audit');
  }
}
