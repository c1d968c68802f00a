import type { ReleasePolicy } from '@ml-platform/plugin-ml-common';

/** Where the rules for releases come from; asked for each release anew. */
export interface ReleasePolicySource {
  getReleasePolicy(): Promise<ReleasePolicy>;
}
