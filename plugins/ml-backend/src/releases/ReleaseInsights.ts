import {
  type FinishedRelease,
  releaseStats,
  type ReleaseStatsReport,
} from '@ml-platform/plugin-ml-common';
import type { RequestContext } from '../http/requestContext';
import type { RegistryService } from '../registry/RegistryService';
import type { FinishedReleaseRow, ReleaseRecords } from './ReleaseRecords';

const DAY_MS = 24 * 60 * 60_000;

/** What the records of releases say of how teams release. */
export class ReleaseInsights {
  readonly #options: {
    records: ReleaseRecords;
    registry: Pick<RegistryService, 'getVisibleModels'>;
  };

  constructor(options: {
    records: ReleaseRecords;
    registry: Pick<RegistryService, 'getVisibleModels'>;
  }) {
    this.#options = options;
  }

  /** Of models that the caller may see. */
  async getStats(
    context: RequestContext,
    { days }: { days: number },
  ): Promise<ReleaseStatsReport> {
    const { records, registry } = this.#options;
    const environment = 'production';
    const since = new Date(Date.now() - days * DAY_MS).toISOString();
    const rows = await records.listFinished({ environment, since });
    const names = [...new Set(rows.map(({ model }) => model))];
    const owners = new Map(
      (await registry.getVisibleModels(context, names)).map(model => [
        model.name,
        model.owner,
      ]),
    );
    const byTeam = new Map<string, FinishedRelease[]>();
    for (const row of rows) {
      const team = owners.get(row.model);
      if (!team) continue;
      byTeam.set(team, [...(byTeam.get(team) ?? []), toFinished(row)]);
    }
    return {
      environment,
      since,
      total: releaseStats([...byTeam.values()].flat()),
      teams: [...byTeam]
        .map(([team, releases]) => ({ team, ...releaseStats(releases) }))
        .sort((a, b) => a.team.localeCompare(b.team)),
    };
  }
}

function toFinished({
  firstSuccess,
  registeredAt,
  ...release
}: FinishedReleaseRow): FinishedRelease {
  return {
    ...release,
    ...(registeredAt &&
      release.finishedAt === firstSuccess && { registeredAt }),
  };
}
