import {
  type MetricCondition,
  parseMetricCondition,
  type Version,
} from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { collectPages } from '../collectPages';
import { parseEntityRef } from '../parseEntityRef';
import { usageError } from '../parseRef';
import type { SearchOptions } from './searchCommand';
import { aliasesText, stateText } from './versionText';

/** `ml versions search` */
export async function searchVersions(
  { connect, output }: CommandContext,
  words: string[],
  options: SearchOptions,
): Promise<void> {
  const { alias, limit, liveIn, metric, modelFormat, state, tag } = options;
  const conditions = (metric ?? []).map(toCondition);
  const query = {
    ...{ alias, liveIn, state, metrics: metric, tags: tag },
    q: words.join(' '),
    format: modelFormat,
    owner: options.owner && parseEntityRef('--owner', options.owner, 'group'),
  };
  const { client } = await connect();
  const items = await collectPages(limit, page =>
    client.versions.search({ ...query, ...page }),
  );
  const metrics = [...new Set(conditions.map(item => item.metric))];
  await output.list({
    kind: 'VersionList',
    items,
    name: item => `${item.model}@${item.version}`,
    empty: 'No version is like that.',
    columns: [
      { header: 'MODEL', cell: item => item.model },
      { header: 'VERSION', cell: item => item.version },
      { header: 'STATE', cell: stateText },
      { header: 'ALIASES', cell: aliasesText },
      ...metrics.map(name => ({
        header: name.toUpperCase(),
        cell: (item: Version) => metricText(item, name),
      })),
      { header: 'FORMAT', cell: item => item.format },
      { header: 'REGISTERED', cell: item => output.time(item.createdAt) },
      { header: 'OWNER', cell: item => item.package.owner },
    ],
  });
}

function toCondition(text: string): MetricCondition {
  const condition = parseMetricCondition(text);
  // The portal takes the conditions as one list.
  if (!condition || text.includes(',')) {
    throw usageError(
      `--metric: '${text}' is no condition`,
      "Write 'accuracy>=0.9', in quotes.",
    );
  }
  return condition;
}

function metricText({ card }: Version, name: string): string {
  const found = card.quantitativeAnalysis.performanceMetrics.find(
    ({ slice, type }) =>
      !slice && type.toLocaleLowerCase() === name.toLocaleLowerCase(),
  );
  return String(found?.value ?? '-');
}
