import { createPermissionResourceRef } from '@backstage/plugin-permission-node';
import {
  type Grant,
  type GrantCapability,
  type Model,
  RESOURCE_TYPE_ML_MODEL,
} from '@ml-platform/plugin-ml-common';

/**
 * What permission rules know of a model: also the grants for it that are good
 * at the moment.
 * @public
 */
export interface GuardedModel extends Pick<Model, 'name' | 'owner'> {
  grants: Array<Pick<Grant, 'id' | 'subject' | 'capability'>>;
}

/**
 * A filter on models, as permission rules make it for lists: by owner, by
 * name, or by who was granted what.
 * @public
 */
export type ModelFilter =
  | { key: 'owner' | 'name'; values: string[] }
  | { key: 'grant'; subjects: string[]; capability: GrantCapability };

/**
 * Lets rules of other modules refer to models.
 * @public
 */
export const mlModelResourceRef = createPermissionResourceRef<
  GuardedModel,
  ModelFilter
>().with({ pluginId: 'ml', resourceType: RESOURCE_TYPE_ML_MODEL });
