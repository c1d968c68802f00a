import type { AuditorEvent } from '@backstage/backend-defaults/auditor';
import type { AuditOutcome } from '@ml-platform/plugin-ml-common';
import type { AuditEntry } from '../AuditLog';

/**
 * What is kept of what a plugin tells, by key. Everything else may hold personal
 * data (parameters of a template, queries, whole entities) and is left out.
 */
const KEPT = [
  'actionType',
  'queryType',
  'entityRef',
  'rootEntityRef',
  'templateRef',
  'locationRef',
  'taskId',
  'uid',
  'id',
  'toolName',
  'transport',
  'permission',
];
/** What an event is about: the first of these that it has. */
const RESOURCES: Array<[key: string, prefix: string]> = [
  ['taskId', 'task'],
  ['templateRef', 'template'],
  ['entityRef', 'entity'],
  ['uid', 'entity'],
  ['locationRef', 'location'],
  ['toolName', 'tool'],
];
/** References, ids and words: no sentence, and no address of mail. */
const PLAIN = /^[\w.:/+-]{1,200}$/;
const REFUSALS = ['NotAllowedError', 'AuthenticationError'];

/**
 * What another plugin of the backend audits, as an entry. Address and browser of
 * the caller are left out; so is the message of an error, which may name people.
 * @param operation - the same for the intent and the outcome
 */
export function toEntry(event: AuditorEvent, operation: string): AuditEntry {
  const meta = Object.fromEntries(
    KEPT.flatMap(key => {
      const value = event.meta?.[key];
      return typeof value === 'string' && PLAIN.test(value)
        ? [[key, value]]
        : [];
    }),
  );
  const [key, prefix] = RESOURCES.find(([name]) => name in meta) ?? [];
  return {
    actor: event.actor.actorId ?? 'unknown',
    action: `${event.plugin}.${event.eventId}`.slice(0, 64),
    resource: key ? `${prefix}:${meta[key]}` : `plugin:${event.plugin}`,
    outcome: outcomeOf(event),
    details: {
      ...meta,
      operation,
      severity: event.severityLevel,
      ...(event.status === 'failed' && { error: event.error?.name ?? 'Error' }),
    },
  };
}

function outcomeOf(event: AuditorEvent): AuditOutcome {
  if (event.status === 'initiated') return 'intended';
  if (event.status === 'succeeded') return 'succeeded';
  return REFUSALS.includes(event.error?.name) ? 'denied' : 'failed';
}
