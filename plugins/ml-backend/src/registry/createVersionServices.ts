import type {
  AuthService,
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import type { Knex } from 'knex';
import {
  AliasService,
  type AliasServiceOptions,
} from '../aliases/AliasService';
import { DatabaseAliasStore } from '../aliases/DatabaseAliasStore';
import {
  SizeExceptionService,
  type SizeExceptionServiceOptions,
} from '../limits/SizeExceptionService';
import { DatabaseLineageStore } from '../lineage/DatabaseLineageStore';
import { LineageService } from '../lineage/LineageService';
import { DatabaseRetentionStore } from '../retention/DatabaseRetentionStore';
import { RetentionService } from '../retention/RetentionService';
import { scheduleRetention } from '../retention/scheduleRetention';
import { ModelCreation } from './ModelCreation';
import type { RegistryStore } from './RegistryStore';
import {
  VersionDeletion,
  type VersionDeletionOptions,
} from './VersionDeletion';
import { VersionLifecycle } from './VersionLifecycle';

/** Puts together what becomes of models and versions once they are there. */
export async function createVersionServices(
  options: Omit<AliasServiceOptions, 'store'> &
    Omit<VersionDeletionOptions, 'store' | 'aliases'> & {
      auth: AuthService;
      logger: LoggerService;
      scheduler: SchedulerService;
      knex: Knex;
      models: RegistryStore;
      exceptions: SizeExceptionServiceOptions['store'];
      artifactLimits: SizeExceptionServiceOptions['limits'];
    },
) {
  const { artifactLimits, exceptions, knex, models } = options;
  const aliasStore = new DatabaseAliasStore({ knex });
  const deletion = new VersionDeletion({
    ...options,
    ...{ store: models, aliases: aliasStore },
  });
  const retention = new RetentionService({
    ...{ ...options, deletion },
    store: new DatabaseRetentionStore({ knex }),
  });
  await scheduleRetention({ ...options, retention });
  return {
    aliases: new AliasService({ ...options, store: aliasStore }),
    creation: new ModelCreation({ ...options, store: models }),
    lifecycle: new VersionLifecycle({ ...options, store: models }),
    lineage: new LineageService({
      ...options,
      store: new DatabaseLineageStore({ knex }),
    }),
    deletion,
    retention,
    limits: new SizeExceptionService({
      ...options,
      ...{ store: exceptions, limits: artifactLimits },
    }),
  };
}
