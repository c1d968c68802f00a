import { SchedulerServiceTaskScheduleDefinitionConfig } from '@backstage/backend-plugin-api';

export interface Config {
  search?: {
    collators?: {
      ml?: {
        /**
         * How often all models and versions are read anew; every ten minutes when
         * not given. A change of the registry reaches the index within seconds
         * in any case.
         */
        schedule?: SchedulerServiceTaskScheduleDefinitionConfig;
      };
    };
  };
}
