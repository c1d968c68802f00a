import type { Knex } from 'knex';

export interface ArtifactAuditEvent {
  /** Entity reference of a user, or a service's subject. */
  actor: string;
  action:
    | 'artifact.blob.delete'
    | 'artifact.blob.mount'
    | 'artifact.blob.put'
    | 'artifact.blob.quarantine'
    | 'artifact.garbage.collect'
    | 'artifact.manifest.delete'
    | 'artifact.manifest.put'
    | 'artifact.tag.delete'
    | 'ml.artifact.delete'
    | 'ml.artifact.pull'
    | 'ml.artifact.push';
  /** `<repository>`, `<repository>@<digest>` or `<repository>:<tag>`. */
  resource: string;
  outcome: 'succeeded' | 'failed' | 'denied';
  details?: Record<string, unknown>;
  requestId?: string;
}

/** Where the artifact store records what was written, and what was denied. */
export interface ArtifactAudit {
  /** Given a transaction, the event is committed with it or not at all. */
  record(
    event: ArtifactAuditEvent,
    transaction?: Knex.Transaction,
  ): Promise<void>;
}

/** Who writes, and under which request. */
export interface ArtifactCaller {
  actor: string;
  requestId?: string;
}
