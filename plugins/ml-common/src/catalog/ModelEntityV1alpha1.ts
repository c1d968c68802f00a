import type { Entity } from '@backstage/catalog-model';

/** @public */
export const MODEL_API_GROUP = 'ml.internal';

/** @public */
export const MODEL_API_VERSION = `${MODEL_API_GROUP}/v1alpha1`;

/** Annotation with the name of the model in the registry. @public */
export const ML_MODEL_ANNOTATION = 'ml.internal/model';

/**
 * A machine-learning model in the software catalog.
 * @public
 */
export interface ModelEntityV1alpha1 extends Entity {
  apiVersion: typeof MODEL_API_VERSION;
  kind: 'Model';
  spec: {
    type: string;
    lifecycle: string;
    owner: string;
    system?: string;
    providesApis?: string[];
    dependsOn?: string[];
    /** Highest registered version. */
    version?: string;
    /** Live version by environment. */
    live?: { staging?: string; production?: string };
  };
}

/** The one way to tell a model from other entities. @public */
export function isModelEntity(entity: Entity): entity is ModelEntityV1alpha1 {
  return (
    entity.kind.toLocaleLowerCase('en-US') === 'model' &&
    entity.apiVersion.startsWith(`${MODEL_API_GROUP}/`)
  );
}
