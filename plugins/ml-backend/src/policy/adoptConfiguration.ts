import { isDatabaseConflictError } from '@backstage/backend-plugin-api';
import {
  describeDifference,
  diffPolicies,
  type PolicyKey,
  POLICY_KEYS,
  type PolicyValues,
} from '@ml-platform/plugin-ml-common';
import type { AuditLog } from '../audit/AuditLog';
import type { PolicyStore, StoredPolicyVersion } from './PolicyStore';

/** Recorded as the actor of what the platform does by itself. */
const ACTOR = 'service:ml-platform';
/** So many processes that start at the same time get in each other's way. */
const ATTEMPTS = 10;

/**
 * Makes what is configured now what holds, wherever no approved change has
 * replaced it. So the configuration begins the history, and what somebody
 * changes in it is in the history as well.
 */
export async function adoptConfiguration(options: {
  store: PolicyStore;
  audit: AuditLog;
  /** What the configuration says. */
  policies: PolicyValues;
  configuredOnly: readonly PolicyKey[];
}): Promise<void> {
  const { audit, configuredOnly, policies: configured, store } = options;
  for (let attempt = 1; ; attempt++) {
    const newest = await store.newest();
    const next = nextVersion(newest, { configured, configuredOnly });
    if (!next) return;
    try {
      await store.transaction(async trx => {
        await store.append(trx, next);
        await audit.record(
          {
            actor: ACTOR,
            action: 'policy.configure',
            resource: 'policy',
            outcome: 'succeeded',
            details: {
              version: next.version,
              changes: diffPolicies(newest?.values ?? {}, next.values).map(
                describeDifference,
              ),
            },
          },
          trx,
        );
      });
      return;
    } catch (error) {
      if (!isDatabaseConflictError(error) || attempt === ATTEMPTS) throw error;
    }
  }
}

function nextVersion(
  newest: StoredPolicyVersion | undefined,
  options: { configured: PolicyValues; configuredOnly: readonly PolicyKey[] },
): StoredPolicyVersion | undefined {
  const { configured, configuredOnly } = options;
  const approved = (newest?.approved ?? []).filter(
    key => !configuredOnly.includes(key) && POLICY_KEYS.includes(key),
  );
  const kept = Object.fromEntries(
    approved.map(key => [key, newest!.values[key]]),
  );
  const values = { ...configured, ...kept } as PolicyValues;
  if (newest && !diffPolicies(newest.values, values).length) return undefined;
  return {
    version: newest ? newest.version + 1 : 0,
    at: new Date().toISOString(),
    source: 'configuration',
    ...{ values, approved },
  };
}
