import { ENVIRONMENTS } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { ExperimentStore } from '../experiments/ExperimentStore';
import { retainedVersions } from './deploymentState';
import type { ReleaseStore } from './ReleaseStore';

/** Why versions of a model are needed now, in sentences, by version. */
export async function versionUses(
  stores: {
    releases: Pick<ReleaseStore, 'getDeployment' | 'getActive'>;
    experiments: Pick<ExperimentStore, 'list'>;
  },
  model: string,
  trx?: Knex.Transaction,
): Promise<Map<string, string[]>> {
  const { experiments, releases } = stores;
  const uses = new Map<string, string[]>();
  const add = (version: string, use: string) =>
    uses.set(version, [...(uses.get(version) ?? []), use]);
  for (const environment of [...ENVIRONMENTS].reverse()) {
    const deployment = await releases.getDeployment(model, environment, trx);
    for (const version of deployment ? retainedVersions(deployment) : []) {
      add(
        version,
        `${environment} serves it, or keeps it for a rollback or for pinned callers`,
      );
    }
    const active = await releases.getActive(model, environment, trx);
    if (active) {
      add(
        active.version,
        `release ${active.number} to ${environment} is under way`,
      );
    }
  }
  for (const { environment, spec } of await experiments.list({ model }, trx)) {
    for (const version of new Set(spec.arms.map(arm => arm.version))) {
      add(version, `experiment '${spec.name}' in ${environment} needs it`);
    }
  }
  return uses;
}
