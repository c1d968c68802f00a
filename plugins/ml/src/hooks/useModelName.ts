import { useEntity } from '@backstage/plugin-catalog-react';
import { ML_MODEL_ANNOTATION } from '@ml-platform/plugin-ml-common';

/** Name in the registry of the model whose entity page this is. */
export function useModelName(): string {
  const { entity } = useEntity();
  return (
    entity.metadata.annotations?.[ML_MODEL_ANNOTATION] ?? entity.metadata.name
  );
}
