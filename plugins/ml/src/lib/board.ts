import type { Model } from '@ml-platform/plugin-ml-common';

/** A team's models, for a board. */
export interface Team {
  owner: string;
  models: Model[];
}

/** Models that are deployed anywhere, by team, both in the order of their names. */
export function teamsOf(models: Model[]): Team[] {
  const teams = new Map<string, Model[]>();
  for (const model of models) {
    const isSomewhere = model.deployments.some(
      ({ activeRelease, version }) => version ?? activeRelease,
    );
    if (!isSomewhere) continue;
    teams.set(model.owner, [...(teams.get(model.owner) ?? []), model]);
  }
  return [...teams]
    .map(([owner, all]) => ({
      owner,
      models: all.sort((a, b) => a.name.localeCompare(b.name)),
    }))
    .sort((a, b) => a.owner.localeCompare(b.owner));
}
