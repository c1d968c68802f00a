import { createPermissionResourceRef } from '@backstage/plugin-permission-node';
import {
  type Model,
  RESOURCE_TYPE_ML_MODEL,
} from '@ml-platform/plugin-ml-common';

/**
 * A filter on models, as permission rules make it for lists.
 * @public
 */
export interface ModelFilter {
  key: 'owner' | 'name';
  values: string[];
}

/**
 * Lets rules of other modules refer to models.
 * @public
 */
export const mlModelResourceRef = createPermissionResourceRef<
  Pick<Model, 'name' | 'owner'>,
  ModelFilter
>().with({ pluginId: 'ml', resourceType: RESOURCE_TYPE_ML_MODEL });
