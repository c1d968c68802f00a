import type { Release } from '@ml-platform/plugin-ml-common';

/** What people can do about a release that waits. */
export function waysOn({ awaiting = [], id, state }: Release): string {
  const decide = awaiting
    .map(({ approval }) => `ml approvals show ${approval}`)
    .join(', ');
  return [
    ...(state === 'approval' ? [`Who decides, and how: ${decide}.`] : []),
    `Follow it: ml releases watch ${id}.`,
    `End it: ml releases abort ${id}, or deploy in its place with --supersede`,
  ].join(' ');
}
