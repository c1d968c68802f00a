import type {
  Environment,
  Release,
  ReleaseState,
  Strategy,
} from '@ml-platform/plugin-ml-common';
import { liveVersion } from './deploymentState';
import type { ActiveRelease, StoredDeployment } from './ReleaseStore';

export interface ReleaseRow {
  id: string;
  model: string;
  environment: Environment;
  number: number;
  kind: Release['kind'];
  version: string;
  from_version: string | null;
  strategy: Strategy;
  state: ReleaseState;
  active: number | null;
  generation: number | null;
  reason: string | null;
  error: string | null;
  requested_by: string;
  rollout: string | null;
  idempotency_key: string | null;
  lease_owner: string | null;
  lease_until: string | null;
  created_at: string;
  finished_at: string | null;
  promoted_from: string | null;
  exceptions: string | null;
  evaluation: string | null;
  awaiting: string | null;
}

export interface TransitionRow {
  release_id: string;
  sequence: number;
  from_state: ReleaseState | null;
  to_state: ReleaseState;
  actor: string;
  cause: string;
  at: string;
}

export interface DeploymentRow {
  model: string;
  environment: Environment;
  version: string | null;
  release_number: number | null;
  since: string | null;
  by: string | null;
  history: string;
  majors: string;
  generation: number;
}

/** Without the course of its rollout, which is long; see {@link toWholeRelease}. */
export function toRelease(row: ReleaseRow): Release {
  const release = toWholeRelease(row);
  if (release.rollout) delete release.rollout.series;
  return release;
}

export function toWholeRelease(row: ReleaseRow): Release {
  return {
    id: row.id,
    model: row.model,
    environment: row.environment,
    number: row.number,
    kind: row.kind,
    version: row.version,
    fromVersion: row.from_version ?? undefined,
    strategy: row.strategy,
    state: row.state,
    reason: row.reason ?? undefined,
    error: row.error ?? undefined,
    ...(row.rollout && { rollout: JSON.parse(row.rollout) }),
    promotedFrom: row.promoted_from ?? undefined,
    ...(row.exceptions && { lifted: JSON.parse(row.exceptions) }),
    ...(row.evaluation && { evaluation: row.evaluation }),
    ...(row.awaiting && { awaiting: JSON.parse(row.awaiting) }),
    requestedBy: row.requested_by,
    createdAt: row.created_at,
    finishedAt: row.finished_at ?? undefined,
  };
}

export function toActiveRelease(row: ReleaseRow): ActiveRelease {
  return { ...toRelease(row), generation: row.generation ?? undefined };
}

export function toDeployment(row: DeploymentRow): StoredDeployment {
  return {
    model: row.model,
    environment: row.environment,
    releaseNumber: row.release_number ?? undefined,
    since: row.since ?? undefined,
    by: row.by ?? undefined,
    history: JSON.parse(row.history),
    majors: JSON.parse(row.majors),
    generation: row.generation,
  };
}

export function toDeploymentRow(deployment: StoredDeployment): DeploymentRow {
  return {
    model: deployment.model,
    environment: deployment.environment,
    version: liveVersion(deployment) ?? null,
    release_number: deployment.releaseNumber ?? null,
    since: deployment.since ?? null,
    by: deployment.by ?? null,
    history: JSON.stringify(deployment.history),
    majors: JSON.stringify(deployment.majors),
    generation: deployment.generation,
  };
}
