import {
  isWaiting,
  type Release,
  type RolloutAction,
  waitsFor,
} from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { collectPages } from '../collectPages';
import { followRelease } from '../deploy/followRelease';
import type { ListReleasesOptions } from './command';
import { formatDuration } from '../../output/format';
import { releaseText } from './releaseText';
import { waysOn } from './waysOn';

/** `ml releases list` */
export async function listReleases(
  { connect, output }: CommandContext,
  model: string,
  { by, env, kind, limit, state }: ListReleasesOptions,
): Promise<void> {
  const { client } = await connect();
  const items = await collectPages(limit, page =>
    client.listReleases(model, {
      ...{ ...page, environment: env, kind, state, requestedBy: by },
    }),
  );
  await output.list({
    kind: 'ReleaseList',
    items,
    name: item => item.id,
    empty:
      kind || state || by
        ? `${model} has no such release.`
        : `${model} was never released${env ? ` to ${env}` : ''}.`,
    columns: [
      { header: 'ENVIRONMENT', cell: item => item.environment },
      { header: '#', cell: item => String(item.number) },
      { header: 'KIND', cell: item => item.kind },
      { header: 'VERSION', cell: item => item.version },
      { header: 'STATE', cell: item => item.state },
      { header: 'WHEN', cell: item => output.time(item.createdAt) },
      { header: 'TOOK', cell: durationOf },
      { header: 'BY', cell: item => item.requestedBy },
      { header: 'ID', cell: item => item.id },
      { header: 'REASON', cell: reasonOf },
    ],
  });
}

function reasonOf(release: Release): string {
  const { error, reason } = release;
  const awaited = waitsFor(release);
  return awaited ? `waits for ${awaited}` : error ?? reason ?? '';
}

function durationOf({ createdAt, finishedAt }: Release): string {
  if (!finishedAt) return '-';
  return formatDuration(Date.parse(finishedAt) - Date.parse(createdAt));
}

/** `ml releases show` */
export async function showRelease(
  { connect, output }: CommandContext,
  id: string,
): Promise<void> {
  const { client } = await connect();
  const release = await client.getRelease(id);
  await output.object({
    kind: 'Release',
    name: release.id,
    data: release,
    text: () => releaseText(release, output),
  });
  if (isWaiting(release.state)) output.hint(waysOn(release));
}

/** `ml releases watch` */
export async function watchRelease(
  context: CommandContext,
  id: string,
  { timeout }: { timeout?: number },
): Promise<void> {
  const { client } = await context.connect();
  const release = await client.getRelease(id);
  await followRelease({
    ...{ context, client, release },
    options: { wait: true, watch: true, timeout },
    waitsForApproval: true,
  });
}

/** `ml releases pause|resume|abort|promote` */
export async function steerRelease(
  { connect, output }: CommandContext,
  action: RolloutAction,
  id: string,
  { reason }: { reason?: string },
): Promise<void> {
  const { client } = await connect();
  const release = await client.steerRelease(id, action, { reason });
  const { environment, model, number, rollout, state, version } = release;
  output.done(
    rollout
      ? `The canary of ${model}@${version} in ${environment} is ${rollout.state}`
      : `Release #${number} of ${model}@${version} to ${environment} is ${state}; nothing changed for callers`,
  );
  await output.object({
    kind: 'Release',
    name: release.id,
    data: release,
    text: () => releaseText(release, output),
  });
}
