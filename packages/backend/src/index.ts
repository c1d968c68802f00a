import { createBackend } from '@backstage/backend-defaults';
import {
  auditedPlugins,
  serviceAccountTokens,
} from '@ml-platform/plugin-ml-backend';

const backend = createBackend();

backend.add(import('@backstage/plugin-app-backend'));

backend.add(import('@backstage/plugin-auth-backend'));
backend.add(import('@ml-platform/plugin-auth-backend-module-ml'));

backend.add(import('@backstage/plugin-permission-backend'));
backend.add(import('@ml-platform/plugin-permission-backend-module-ml'));

backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(
  import('@backstage/plugin-catalog-backend-module-scaffolder-entity-model'),
);
backend.add(import('@backstage/plugin-catalog-backend-module-logs'));

backend.add(import('@backstage/plugin-scaffolder-backend'));
backend.add(import('@backstage/plugin-techdocs-backend'));

backend.add(import('@backstage/plugin-search-backend'));
backend.add(import('@backstage/plugin-search-backend-module-catalog'));
backend.add(import('@backstage/plugin-search-backend-module-techdocs'));

backend.add(import('@backstage/plugin-user-settings-backend'));
backend.add(import('@backstage/plugin-events-backend'));
backend.add(import('@backstage/plugin-notifications-backend'));
backend.add(import('@backstage/plugin-signals-backend'));
backend.add(import('@backstage/plugin-mcp-actions-backend'));

backend.add(import('@ml-platform/plugin-ml-backend'));
backend.add(serviceAccountTokens);
backend.add(auditedPlugins);
backend.add(import('@ml-platform/plugin-catalog-backend-module-ml'));

backend.add(import('@ml-platform/plugin-scaffolder-backend-module-ml'));
backend.add(import('@ml-platform/plugin-search-backend-module-ml'));

backend.start();
