import type { Release, ReleaseState } from '@ml-platform/plugin-ml-common';

/** What the log says of a release that ended. */
export function commitMessage(
  release: Release,
  ended: { state: ReleaseState; error?: string },
  options: {
    /** The change in Git that the release carried out. */
    cause?: string;
    /** A change of somebody else that a rollback undoes untried. */
    superseded?: string;
  } = {},
): string {
  const { environment, fromVersion, id, model, number, version } = release;
  const body = [
    ended.error && oneLine(ended.error),
    options.superseded &&
      `This undoes ${options.superseded}, which had not been released yet.`,
  ].filter(Boolean);
  const trailers = {
    'Ml-Release': id,
    'Ml-Release-Number': String(number),
    'Ml-Model': model,
    'Ml-Environment': environment,
    'Ml-Version': version,
    'Ml-From-Version': fromVersion,
    'Ml-Strategy': release.strategy,
    'Ml-Outcome': ended.state,
    'Ml-Actor': release.requestedBy,
    'Ml-Reason': release.reason && oneLine(release.reason),
    'Ml-Change': options.cause,
  };
  return [
    subjectOf(release, ended.state),
    '',
    ...body.flatMap(line => [line, '']),
    ...Object.entries(trailers)
      .filter(([, value]) => value)
      .map(([key, value]) => `${key}: ${value}`),
    '',
  ].join('\n');
}

function subjectOf(release: Release, state: ReleaseState): string {
  const { environment, fromVersion, kind, model, version } = release;
  switch (state) {
    case 'succeeded':
      return kind === 'rollback'
        ? `Roll ${model} back to ${version} in ${environment}`
        : `Deploy ${model} ${version} to ${environment}`;
    case 'rolled_back':
      return `Keep ${model} ${fromVersion} in ${environment}: ${version} was rolled back`;
    case 'aborted':
      return `Keep ${model} ${fromVersion} in ${environment}: ${version} was aborted`;
    case 'shadowed':
      return `Keep ${model} ${fromVersion} in ${environment}: ${version} was tried as a shadow`;
    case 'refused':
      return `Note that ${model} ${version} was refused in ${environment}`;
    default:
      return `Note that ${model} ${version} failed in ${environment}`;
  }
}

/** A trailer ends with its line, and nobody's text may begin another one; Git takes no NUL. */
function oneLine(text: string): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 1000);
}
