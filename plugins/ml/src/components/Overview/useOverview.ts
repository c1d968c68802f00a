import type { Model, Version } from '@ml-platform/plugin-ml-common';
import { type Query, useMlQuery } from '../../hooks/useMlQuery';
import { fetchSample } from '../../lib/fetchSample';
import { deploymentTo } from '../../lib/summary';

/** What the overview shows. */
export interface Overview {
  model: Model;
  /** The version that readers care about most; absent while there is none. */
  version?: Version;
  /** A request that works, from the version's package. */
  sample?: unknown;
}

/** Loads a model, the version that matters most, and a sample request for it. */
export function useOverview(name: string): Query<Overview> {
  return useMlQuery<Overview>({
    key: `overview:${name}`,
    load: async api => {
      const model = await api.getModel(name);
      const shown = versionToShow(model);
      if (!shown) return { model };
      const version = await api.getVersion(name, shown);
      const sample = await fetchSample(api, version);
      return { model, version, sample };
    },
    concerns: signal => signal.model === name,
  });
}

/** What production serves, else what staging serves, else the newest. */
function versionToShow(model: Model) {
  return (
    deploymentTo(model, 'production')?.version ??
    deploymentTo(model, 'staging')?.version ??
    model.latestVersion
  );
}
