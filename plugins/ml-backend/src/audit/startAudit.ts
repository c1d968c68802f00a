import { hkdfSync } from 'node:crypto';
import type {
  LifecycleService,
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import type { MetricsService } from '@backstage/backend-plugin-api/alpha';
import { InputError } from '@backstage/errors';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { AuditEvent } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { AuditAlerts } from './alerts/AuditAlerts';
import { AuditMonitor } from './alerts/AuditMonitor';
import { HeadWatch } from './alerts/HeadWatch';
import { MissingOutcomes } from './alerts/MissingOutcomes';
import { publishMetrics } from './alerts/publishMetrics';
import { AuditService } from './AuditService';
import { Checkpointer } from './checkpoints/Checkpointer';
import type { CheckpointSink } from './checkpoints/CheckpointSink';
import { FileSink } from './checkpoints/FileSink';
import { S3Sink, type S3SinkOptions } from './checkpoints/S3Sink';
import { NoteSigner } from './checkpoints/SignedNote';
import { WitnessSink } from './checkpoints/WitnessSink';
import { DatabaseAuditLog } from './DatabaseAuditLog';
import { SegmentSealer } from './segments/SegmentSealer';
import { Sequencer } from './tree/Sequencer';
import { AuditVerifier } from './verification/AuditVerifier';

export interface AuditConfig {
  /** How long events are kept after their month. */
  retentionMonths: number;
  /** Name of the log, in checkpoints. */
  origin: string;
  /** 32 bytes as base64url. */
  signingKey?: string;
  checkpoints: {
    /** Absolute. */
    file?: string;
    s3?: S3SinkOptions;
    witnesses: Array<{ url: string; key: string }>;
    /** Milliseconds. */
    intervalMs: number;
  };
  alerts: {
    /** Milliseconds between two looks. */
    intervalMs: number;
    /** An outcome is missing after so many milliseconds. */
    outcomeAfterMs: number;
  };
}

export interface StartAuditOptions {
  config: AuditConfig;
  knex: Knex;
  logger: LoggerService;
  lifecycle: LifecycleService;
  scheduler: SchedulerService;
  metrics: MetricsService;
  /** Absent when nobody is to be notified. */
  notifications?: NotificationService;
  /** Who is notified of alerts, as entity references. */
  getAuditors: () => Promise<readonly string[]>;
  /** Whether an operation that was intended runs still. */
  isRunning: (intent: AuditEvent) => Promise<boolean>;
}

/** Wires the audit log: entries, their tree, checkpoints of it, and checks of all. */
export async function startAudit(options: StartAuditOptions) {
  const { config, knex, lifecycle, logger, scheduler } = options;
  const { checkpoints, origin, signingKey } = config;
  const seed = signingKey === undefined ? undefined : readSeed(signingKey);
  const signer = seed && new NoteSigner(origin, seed);
  const sealKey = seed && sealKeyFrom(seed);
  if (!signer) {
    logger.warn(
      'The audit log is not signed: ml.audit.signingKey is not set. Whoever can write the database can rewrite it.',
    );
  }
  if (sealKey) await allowUnsealedBefore(knex);

  const sinks: CheckpointSink[] = [
    ...(checkpoints.file ? [new FileSink(checkpoints.file)] : []),
    ...(checkpoints.s3 ? [new S3Sink(checkpoints.s3)] : []),
    ...checkpoints.witnesses.map(
      witness => new WitnessSink({ ...witness, knex }),
    ),
  ];
  const sequencer = new Sequencer({ knex, logger, sealKey });
  const checkpointer =
    signer &&
    new Checkpointer({
      knex,
      logger,
      signer,
      sinks,
      intervalMs: checkpoints.intervalMs,
    });
  const log = new DatabaseAuditLog({
    knex,
    sealKey,
    onRecord: () => sequencer.wake(),
  });
  const alerts = new AuditAlerts({
    ...{ knex, log, logger, notifications: options.notifications },
    getRecipients: options.getAuditors,
  });
  const monitor = new AuditMonitor({
    ...{ knex, logger, alerts, checkpointer },
    head: new HeadWatch({ knex }),
    outcomes: new MissingOutcomes({
      knex,
      afterMs: config.alerts.outcomeAfterMs,
      isRunning: options.isRunning,
    }),
    intervalMs: config.alerts.intervalMs,
  });
  const service = new AuditService({
    ...{ knex, alerts, monitor },
    log,
    sequencer,
    checkpointer,
    verifier: signer?.verifier,
    auditVerifier: new AuditVerifier({
      knex,
      sealKey,
      sinks,
      verifier: signer?.verifier,
    }),
    lateAfterMs: 5 * checkpoints.intervalMs,
  });
  await scheduler.scheduleTask({
    id: 'ml-audit-verification',
    frequency: { cron: '0 3 * * *' },
    timeout: { hours: 2 },
    fn: async () => {
      await service.verifyNow();
    },
  });
  if (signer) {
    const sealer = new SegmentSealer({ knex, log, signer });
    await scheduler.scheduleTask({
      id: 'ml-audit-segments',
      frequency: { cron: '30 2 * * *' },
      timeout: { hours: 1 },
      fn: async () => {
        await sealer.sealDue();
      },
    });
  }
  lifecycle.addStartupHook(() => {
    sequencer.start();
    checkpointer?.start();
    monitor.start();
  });
  lifecycle.addShutdownHook(async () => {
    await monitor.stop();
    await sequencer.stop();
    await checkpointer?.stop();
    // What was acknowledged last shall not wait for the next start.
    await sequencer.integrate();
    await checkpointer?.checkpoint();
  });
  publishMetrics({ metrics: options.metrics, service });
  return { audit: log, auditService: service, auditSigner: signer };
}

function readSeed(text: string): Buffer {
  const seed = Buffer.from(text, 'base64url');
  if (seed.length === 32) return seed;
  throw new InputError(
    `ml.audit.signingKey: must be 32 bytes as base64url, not ${seed.length}; make one with: openssl rand -base64 32 | tr '+/' '-_'`,
  );
}

/** Of its own, so that a seal gives nothing away of the signing key. */
export function sealKeyFrom(seed: Buffer): Buffer {
  return Buffer.from(
    hkdfSync('sha256', seed, '', 'ml-platform audit entry seal v1', 32),
  );
}

/** Entries from before the first start with a key have no seal, and need none. */
async function allowUnsealedBefore(knex: Knex): Promise<void> {
  const sealed = await knex('ml_audit_events').whereNotNull('seal').first('id');
  if (sealed) return;
  const newest = await knex('ml_audit_events')
    .max({ sequence: 'sequence' })
    .first();
  await knex('ml_audit_head')
    .where({ id: 1 })
    .update({ unsealed_until: Number(newest?.sequence ?? 0) });
}
