import type {
  EventType,
  Webhook,
  WebhookDelivery,
} from '@ml-platform/plugin-ml-common';

export interface EventRow {
  sequence: number | string;
  id: string;
  type: EventType;
  at: string;
  body: string;
  unpublished: number | null;
  lease_until: string | null;
}

export interface WebhookRow {
  id: string;
  url: string;
  types: string;
  model: string | null;
  active: boolean | number;
  secret: string;
  paused_at: string | null;
  paused_by: string | null;
  created_at: string;
  created_by: string;
}

export interface DeliveryRow {
  sequence: number | string;
  id: string;
  webhook: string;
  event: string;
  type: EventType;
  state: WebhookDelivery['state'];
  attempts: number;
  last_status: number | null;
  last_error: string | null;
  created_at: string;
  next_attempt_at: string | null;
  delivered_at: string | null;
  lease_owner: string | null;
  lease_until: string | null;
}

export function toWebhook(row: WebhookRow): Webhook {
  return {
    id: row.id,
    url: row.url,
    types: JSON.parse(row.types),
    model: row.model ?? undefined,
    active: Boolean(row.active),
    pausedAt: row.paused_at ?? undefined,
    pausedBy: row.paused_by ?? undefined,
    createdAt: row.created_at,
    createdBy: row.created_by,
  };
}

export function toDelivery(row: DeliveryRow): WebhookDelivery {
  return {
    id: row.id,
    webhook: row.webhook,
    event: row.event,
    type: row.type,
    state: row.state,
    attempts: row.attempts,
    lastStatus: row.last_status ?? undefined,
    lastError: row.last_error ?? undefined,
    createdAt: row.created_at,
    nextAttemptAt: row.next_attempt_at ?? undefined,
    deliveredAt: row.delivered_at ?? undefined,
  };
}
