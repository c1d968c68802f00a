import type { AuditEvent, AuditOutcome } from '@ml-platform/plugin-ml-common';

const VERSION = '1.3.0';
/** API Activity. */
const CLASS = 6003;

/** OCSF activity ids of API Activity, by the last word of an action. */
const ACTIVITIES: Array<[RegExp, number, string]> = [
  [/\.(create|register|push|add|request)$/, 1, 'Create'],
  [/\.(read|list|pull|export|verify)$/, 2, 'Read'],
  [/\.(delete|remove)$/, 4, 'Delete'],
];

const STATUS: Record<AuditOutcome, [number, string]> = {
  intended: [0, 'Unknown'],
  succeeded: [1, 'Success'],
  failed: [2, 'Failure'],
  denied: [2, 'Failure'],
};

/**
 * An event as {@link https://schema.ocsf.io/1.3.0/classes/api_activity | OCSF 1.3 API Activity};
 * what OCSF has no field for stands in `unmapped`.
 */
export function toOcsf(event: AuditEvent): Record<string, unknown> {
  const [, activityId, activity] = ACTIVITIES.find(([pattern]) =>
    pattern.test(event.action),
  ) ?? [undefined, 3, 'Update'];
  const [statusId, status] = STATUS[event.outcome];
  return {
    class_uid: CLASS,
    class_name: 'API Activity',
    category_uid: 6,
    category_name: 'Application Activity',
    activity_id: activityId,
    activity_name: activity,
    type_uid: CLASS * 100 + activityId,
    severity_id: event.outcome === 'denied' ? 3 : 1,
    status_id: statusId,
    status,
    time: Date.parse(event.at),
    actor: { user: { name: event.actor } },
    api: {
      operation: event.action,
      ...(event.requestId && { request: { uid: event.requestId } }),
    },
    resources: [{ name: event.resource }],
    metadata: {
      uid: event.id,
      version: VERSION,
      product: { name: 'ML Platform', vendor_name: 'ML Platform' },
    },
    unmapped: { outcome: event.outcome, details: event.details },
  };
}
