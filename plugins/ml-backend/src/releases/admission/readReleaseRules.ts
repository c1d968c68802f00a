import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import {
  type ReleasePolicy,
  releasePolicySchema,
} from '@ml-platform/plugin-ml-common';

/** The rules that are the configuration's alone. */
export type ReleaseRules = Omit<ReleasePolicy, 'quotas'>;

/** @throws InputError where the configuration cannot be carried out */
export function readReleaseRules(root: Config): ReleaseRules {
  const path = 'ml.releases';
  const config = root.getOptionalConfig(path);
  const result = releasePolicySchema.omit({ quotas: true }).safeParse({
    productionStrategy:
      config?.getOptionalString('productionStrategy') ?? 'canary',
    freezes: config?.getOptional('freezes') ?? [],
  });
  if (result.success) return result.data;
  const [{ message, path: where }] = result.error.issues;
  throw new InputError(`${[path, ...where].join('.')}: ${message}`);
}
