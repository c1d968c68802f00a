import {
  AuthorizeResult,
  type Permission,
  type PermissionCondition,
  type PermissionCriteria,
  type PolicyDecision,
} from '@backstage/plugin-permission-common';
import {
  type GrantedAccess,
  ML_MODEL_ANNOTATION,
  type Reach,
} from '@ml-platform/plugin-ml-common';

const RESOURCE_TYPE = 'catalog-entity';
/** Of the entities that stand for a model. */
const KINDS = ['Model', 'API'];

type Criteria = PermissionCriteria<PermissionCondition>;

/** Seeing an entity, and asking that it be read anew. */
export function isEntityPermission({ name }: Permission): boolean {
  return name === 'catalog.entity.read' || name === 'catalog.entity.refresh';
}

/**
 * Entities that stand for a model are seen by who sees the model; all others by
 * everybody who signed in.
 */
export async function decideOnEntities(
  _permission: Permission,
  options: {
    claims: string[];
    /** How far the reading of models reaches. */
    reach: Reach;
    getGranted: () => Promise<GrantedAccess>;
  },
): Promise<PolicyDecision> {
  const { claims, getGranted, reach } = options;
  if (reach === 'all') return { result: AuthorizeResult.ALLOW };
  const isOther: Criteria = {
    not: {
      allOf: [
        condition('IS_ENTITY_KIND', { kinds: KINDS }),
        condition('HAS_ANNOTATION', { annotation: ML_MODEL_ANNOTATION }),
      ],
    },
  };
  return {
    result: AuthorizeResult.CONDITIONAL,
    pluginId: 'catalog',
    resourceType: RESOURCE_TYPE,
    conditions: {
      anyOf: [
        isOther,
        ...(reach === 'none' ? [] : await seenModels(claims, getGranted)),
      ],
    },
  };
}

async function seenModels(
  claims: string[],
  getGranted: () => Promise<GrantedAccess>,
): Promise<Criteria[]> {
  const granted = await getGranted();
  return [
    condition('IS_ENTITY_OWNER', { claims: [...claims, ...granted.teams] }),
    ...granted.models.map(value =>
      condition('HAS_ANNOTATION', { annotation: ML_MODEL_ANNOTATION, value }),
    ),
  ];
}

function condition(
  rule: string,
  params: Record<string, string | string[]>,
): PermissionCondition {
  return { rule, resourceType: RESOURCE_TYPE, params };
}
