import { resolve } from 'node:path';
import type { RootConfigService } from '@backstage/backend-plugin-api';
import { readDurationFromConfig } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { durationToMilliseconds } from '@backstage/types';
import { readS3Options } from '../artifacts/s3/readS3Options';
import type { AuditConfig } from './startAudit';

const S3 = 'ml.audit.checkpoints.s3';
/** Two years, and the month that an event is of. */
const LEAST_MONTHS = 24;
const LEAST_DAYS = 30;

/** Reads `ml.audit`. */
export function readAuditConfig(config: RootConfigService): AuditConfig {
  const duration = (key: string, fallback: number) =>
    config.has(key)
      ? durationToMilliseconds(readDurationFromConfig(config, { key }))
      : fallback;
  const file = config.getOptionalString('ml.audit.checkpoints.file');
  return {
    origin:
      config.getOptionalString('ml.audit.origin') ??
      `${new URL(config.getString('backend.baseUrl')).host}/ml-audit`,
    signingKey: config.getOptionalString('ml.audit.signingKey'),
    retentionMonths: readRetention(config),
    checkpoints: {
      file: file === undefined ? undefined : resolve(file),
      s3: readS3Sink(config),
      witnesses: readWitnesses(config),
      intervalMs: duration('ml.audit.checkpoints.interval', 60_000),
    },
    alerts: {
      intervalMs: duration('ml.audit.alerts.interval', 60_000),
      outcomeAfterMs: duration('ml.audit.alerts.outcomeAfter', 60 * 60_000),
    },
  };
}

/** Two years are the least; more is for whoever needs it. */
function readRetention(config: RootConfigService): number {
  const months =
    config.getOptionalNumber('ml.audit.retentionMonths') ?? LEAST_MONTHS;
  if (Number.isInteger(months) && months >= LEAST_MONTHS) return months;
  throw new InputError(
    `ml.audit.retentionMonths: must be a whole number of ${LEAST_MONTHS} or more, not ${months}: the audit log is kept for two years at least`,
  );
}

function readS3Sink(config: RootConfigService) {
  const section = config.getOptionalConfig(S3);
  const options = readS3Options(section, S3);
  if (!section || !options) return undefined;
  const retainDays = section.getOptionalNumber('retainDays') ?? 800;
  if (!Number.isInteger(retainDays) || retainDays < LEAST_DAYS) {
    throw new InputError(
      `${S3}.retainDays: must be a whole number of ${LEAST_DAYS} or more, not ${retainDays}`,
    );
  }
  return { ...options, retainDays };
}

function readWitnesses(config: RootConfigService) {
  const key = 'ml.audit.checkpoints.witnesses';
  return (config.getOptionalConfigArray(key) ?? []).map((witness, i) => {
    const url = witness.getString('url');
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new InputError(
        `${key}[${i}].url: '${url}' is no HTTP address; write for instance https://witness.example.com`,
      );
    }
    return { url, key: witness.getString('key') };
  });
}
