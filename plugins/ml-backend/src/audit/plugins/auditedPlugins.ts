import { DefaultHttpAuthService } from '@backstage/backend-defaults/httpAuth';
import {
  coreServices,
  createBackendFeatureLoader,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { auditInboxRef } from './AuditInbox';
import { LoggedAuditor } from './LoggedAuditor';

const LEVELS = {
  low: 'debug',
  medium: 'info',
  high: 'info',
  critical: 'info',
} as const;

const auditorFactory = createServiceFactory({
  service: coreServices.auditor,
  deps: {
    auth: coreServices.auth,
    config: coreServices.rootConfig,
    httpAuth: coreServices.httpAuth,
    inbox: auditInboxRef,
    logger: coreServices.logger,
    plugin: coreServices.pluginMetadata,
  },
  factory({ auth, config, httpAuth, inbox, logger, plugin }) {
    const auditLogger = logger.child({ isAuditEvent: true });
    return new LoggedAuditor({
      ...{ auth, httpAuth, plugin },
      record: entry => inbox.record(entry),
      log: ({ plugin: id, eventId, severityLevel, status }) =>
        auditLogger[LEVELS[severityLevel]](`${id}.${eventId}`, { status }),
      reads: config.getOptionalBoolean('ml.audit.pluginReads') ?? false,
    });
  },
});

const httpAuthFactory = createServiceFactory({
  service: coreServices.httpAuth,
  deps: {
    auth: coreServices.auth,
    discovery: coreServices.discovery,
    inbox: auditInboxRef,
    plugin: coreServices.pluginMetadata,
  },
  factory({ auth, discovery, inbox, plugin }) {
    const pluginId = plugin.getId();
    return DefaultHttpAuthService.create({
      auth: inbox.refusals.watch(auth, pluginId),
      discovery,
      pluginId,
    });
  },
});

/**
 * Brings what every plugin of the backend audits into the platform's audit log,
 * and every token that one of them refuses. To be added to the backend beside
 * the plugin.
 * @public
 */
export const auditedPlugins = createBackendFeatureLoader({
  loader: () => [auditorFactory, httpAuthFactory],
});
