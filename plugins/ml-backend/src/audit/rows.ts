import type { AuditEvent } from '@ml-platform/plugin-ml-common';

/** A row of `ml_audit_events`. */
export interface EventRow {
  sequence: number | string;
  id: string;
  at: string;
  actor: string;
  action: string;
  resource: string;
  outcome: AuditEvent['outcome'];
  details: string;
  request_id: string | null;
  seal: string | null;
}

/** @throws SyntaxError when somebody has put something into the details that is no JSON. */
export function toEvent(row: EventRow): AuditEvent {
  return {
    id: row.id,
    at: row.at,
    actor: row.actor,
    action: row.action,
    resource: row.resource,
    outcome: row.outcome,
    details: JSON.parse(row.details),
    requestId: row.request_id ?? undefined,
  };
}
