import type { Environment } from '@ml-platform/plugin-ml-common';
import type { ReleaseStore } from '../../releases/ReleaseStore';
import type { EvidenceKind } from './EvidenceKind';

/** The version has served in an environment, however long ago. */
export function liveIn(
  environment: Environment,
  releases: Pick<ReleaseStore, 'hasSucceeded'>,
): EvidenceKind {
  return {
    name: `live-in-${environment}`,
    description: `it has served in ${environment}`,
    async missing({ model, version }) {
      return (await releases.hasSucceeded(model, environment, version))
        ? undefined
        : `it has not served in ${environment} and never did; release it there first`;
    },
  };
}
