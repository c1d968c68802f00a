/**
 * A Backstage backend with nothing but the artifact store, as a process of its
 * own: for tests that kill it, fill its disk or measure its memory, and for the
 * benchmark. Everything comes from the configuration file.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { createBackend } from '@backstage/backend-defaults';
import {
  coreServices,
  createBackendPlugin,
  resolvePackagePath,
} from '@backstage/backend-plugin-api';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { DatabaseAuditLog } from '../../audit/DatabaseAuditLog';
import { createArtifactsRouter, EmbeddedArtifactStore } from '../index';

const artifactsOnly = createBackendPlugin({
  pluginId: 'ml',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        config: coreServices.rootConfig,
        database: coreServices.database,
        logger: coreServices.logger,
        permissions: coreServices.permissions,
        rootHttpRouter: coreServices.rootHttpRouter,
      },
      async init(deps) {
        const { auth, config, database, logger, permissions } = deps;
        const knex = await database.getClient();
        await knex.migrate.latest({
          directory: resolvePackagePath(
            '@ml-platform/plugin-ml-backend',
            'migrations',
          ),
        });
        const audit = new DatabaseAuditLog({ knex });
        const store = await EmbeddedArtifactStore.create({
          directory: config.getString('store.directory'),
          s3: config.getOptional('store.s3'),
          reservedBytes: config.getOptionalNumber('store.reservedBytes'),
          knex,
          audit,
          logger,
        });
        deps.rootHttpRouter.use(
          '/v2',
          createArtifactsRouter({
            ...{ store, auth, audit, logger },
            rights: {
              decide: async ({ credentials }, permission) => {
                const [{ result }] = await permissions.authorizeConditional(
                  [{ permission }],
                  { credentials },
                );
                return result === AuthorizeResult.ALLOW ? 'allowed' : 'denied';
              },
              canReadAll: async () => true,
            },
          }),
        );
      },
    });
  },
});

process.on('message', () => {
  const status = readFileSync('/proc/self/status', 'utf8');
  const peakRss = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  // From here on, the kernel looks for a new peak.
  writeFileSync('/proc/self/clear_refs', '5');
  process.send?.({ peakRss, rss: process.memoryUsage.rss() });
});

const backend = createBackend();
backend.add(artifactsOnly);
backend.start().then(() => {
  // For the next ones: most of these processes are killed.
  flushCompileCache();
  process.send?.('ready');
});
