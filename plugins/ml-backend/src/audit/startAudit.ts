import { hkdfSync } from 'node:crypto';
import type {
  LifecycleService,
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import type { Knex } from 'knex';
import { AuditService } from './AuditService';
import { Checkpointer } from './checkpoints/Checkpointer';
import { FileSink } from './checkpoints/FileSink';
import { NoteSigner } from './checkpoints/SignedNote';
import { DatabaseAuditLog } from './DatabaseAuditLog';
import { Sequencer } from './tree/Sequencer';
import { AuditVerifier } from './verification/AuditVerifier';

export interface AuditConfig {
  /** Name of the log, in checkpoints. */
  origin: string;
  /** 32 bytes as base64url. */
  signingKey?: string;
  checkpoints: {
    /** Absolute. */
    file?: string;
    /** Milliseconds. */
    intervalMs: number;
  };
}

export interface StartAuditOptions {
  config: AuditConfig;
  knex: Knex;
  logger: LoggerService;
  lifecycle: LifecycleService;
  scheduler: SchedulerService;
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

  const sinks = checkpoints.file ? [new FileSink(checkpoints.file)] : [];
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
  const service = new AuditService({
    knex,
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
      const { findings } = await service.verifyNow();
      for (const { message } of findings) {
        logger.error(`The audit log was tampered with: ${message}`);
      }
    },
  });
  lifecycle.addStartupHook(() => {
    sequencer.start();
    checkpointer?.start();
  });
  lifecycle.addShutdownHook(async () => {
    await sequencer.stop();
    await checkpointer?.stop();
    // What was acknowledged last shall not wait for the next start.
    await sequencer.integrate();
    await checkpointer?.checkpoint();
  });
  return { audit: log, auditService: service };
}

function readSeed(text: string): Buffer {
  const seed = Buffer.from(text, 'base64url');
  if (seed.length === 32) return seed;
  throw new InputError(
    `ml.audit.signingKey: must be 32 bytes as base64url, not ${seed.length}; make one with: openssl rand -base64 32 | tr '+/' '-_'`,
  );
}

/** Of its own, so that a seal gives nothing away of the signing key. */
function sealKeyFrom(seed: Buffer): Buffer {
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
