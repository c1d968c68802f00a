import type { NotificationPayload } from '@backstage/plugin-notifications-common';
import type { MlEvent } from '@ml-platform/plugin-ml-common';

/** What a notification says of a release. */
export function releasePayload({ data, type }: MlEvent): NotificationPayload {
  const { environment, fromVersion, kind, model, number, release, version } =
    data;
  const what = `${model} ${version}`;
  const said: Record<
    string,
    Pick<NotificationPayload, 'title' | 'severity'>
  > = {
    started: {
      title:
        kind === 'rollback'
          ? `${model} goes back to ${version} in ${environment}`
          : `${what} is being released to ${environment}`,
    },
    verdict: { title: `${what} in ${environment}: a verdict` },
    succeeded: { title: `${what} is live in ${environment}` },
    refused: {
      title: `${what} was refused in ${environment}`,
      severity: 'high',
    },
    failed: {
      title: `The release of ${what} to ${environment} failed`,
      severity: 'high',
    },
    rolled_back: {
      title: `${what} was rolled back in ${environment}`,
      severity: 'high',
    },
    aborted: { title: `The release of ${what} to ${environment} was aborted` },
    shadowed: { title: `${what} answered copies in ${environment}` },
  };
  const text = [data.reason, data.error].find(
    reason => typeof reason === 'string',
  );
  const stays =
    type.endsWith('started') && fromVersion && kind !== 'rollback'
      ? `${fromVersion} is live until then.`
      : undefined;
  return {
    severity: 'normal',
    ...said[type.split('.').at(-1)!],
    description: [text, stays].filter(Boolean).join(' ') || `Release ${number}`,
    link: `/ml/releases/${release}`,
    topic: 'Model releases',
    scope: `ml:release:${release}`,
  };
}
