import { POLICY_KEYS, type PolicyKey } from '@ml-platform/plugin-ml-common';
import { usageError } from '../parseRef';

/** The policy of that name. */
export function checkKey(name: string): PolicyKey {
  const key = POLICY_KEYS.find(known => known === name);
  if (key) return key;
  throw usageError(
    `There is no policy '${name}'`,
    `There are ${POLICY_KEYS.join(', ')}.`,
  );
}
