import type { AuditEvent } from '@ml-platform/plugin-ml-common';

/** Which later events answer an intent. */
export interface Operation {
  /** Theirs and the intent's; absent where an outcome may have another. */
  action?: string;
  resource: string;
  /** Where both say the same. */
  key: string;
}

/**
 * What an event is about, so that an intent and its outcome are found to belong
 * together: what both name by id, or else the request that caused them.
 */
export function operationOf(event: AuditEvent): Operation {
  const { action, details, requestId, resource } = event;
  const key = (name: string) => `${name}:${details[name]}`;
  // What was to be started and could not is made good by the reconciliation.
  if (details.experiment) return { resource, key: key('experiment') };
  for (const name of ['operation', 'release', 'evaluation', 'generation']) {
    if (details[name] !== undefined) {
      return { action, resource, key: key(name) };
    }
  }
  return { action, resource, key: `request:${requestId}` };
}
