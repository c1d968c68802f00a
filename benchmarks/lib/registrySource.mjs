// The registry's own code, for benchmarks that measure it without a portal.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';

const require = createRequire(join(root, 'package.json'));
require('@backstage/cli-node/config/nodeTransform.cjs');

/** A module of the plugin, by its path from `registry/`. */
export const source = name =>
  require(join(root, 'plugins/ml-backend/src/registry', `${name}.ts`));

export const { DatabaseRegistryStore } = source('DatabaseRegistryStore');

/** What content for the registry is made with. */
export const registry = {
  ...source('versionSearch'),
  ...source('rows'),
  ...source('sortKey'),
  ...source('../lineage/edges'),
  ...require('@ml-platform/plugin-ml-common'),
};
