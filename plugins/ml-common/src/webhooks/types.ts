/**
 * Types of the events that the platform tells of.
 * @public
 */
export const EVENT_TYPES = [
  'internal.ml.version.registered',
  'internal.ml.version.deprecated',
  'internal.ml.version.deleted',
  'internal.ml.alias.moved',
  'internal.ml.release.started',
  'internal.ml.release.verdict',
  'internal.ml.release.succeeded',
  'internal.ml.release.refused',
  'internal.ml.release.failed',
  'internal.ml.release.rolled_back',
  'internal.ml.release.aborted',
  'internal.ml.release.shadowed',
  'internal.ml.approval.requested',
  'internal.ml.approval.decided',
  'internal.ml.webhook.test',
] as const;

/** @public */
export type EventType = (typeof EVENT_TYPES)[number];

/** @public */
export interface Webhook {
  id: string;
  url: string;
  /** Of these types only; all when empty. */
  types: EventType[];
  /** Of this model only. */
  model?: string;
  /** False once its receiver answered that it is gone, until it is resumed. */
  active: boolean;
  /** Set while nothing is sent to it; what is to be sent waits. */
  pausedAt?: string;
  pausedBy?: string;
  createdAt: string;
  createdBy: string;
}

/** @public */
export interface WebhookDelivery {
  id: string;
  webhook: string;
  /** CloudEvents id. */
  event: string;
  type: EventType;
  state: 'pending' | 'delivered' | 'failed';
  attempts: number;
  lastStatus?: number;
  lastError?: string;
  createdAt: string;
  nextAttemptAt?: string;
  deliveredAt?: string;
}

/**
 * What is sent to webhooks and to the topic `ml` of Backstage's events: a
 * CloudEvent 1.0 in structured JSON.
 * @public
 */
export interface MlEvent {
  specversion: '1.0';
  id: string;
  /** The API of the portal that sends it. */
  source: string;
  type: EventType;
  /** E.g. `wine-classifier@1.0.0`. */
  subject: string;
  time: string;
  datacontenttype: 'application/json';
  /** The model is absent for what is about the platform. */
  data: { model?: string; actor: string } & Record<string, unknown>;
}
