import {
  apiVersionOf,
  type Deprecation,
  type Release,
  type Routes,
} from '@ml-platform/plugin-ml-common';

/** What is live in a deployment and what it can go back to. */
export interface DeploymentState {
  /** Good versions to go back through; the last one is live. */
  history: string[];
  /** API version to the version that serves it. */
  majors: Record<string, string>;
}

/** Enough to go back through; more only costs room. */
const MAX_HISTORY = 20;

export const EMPTY_STATE: DeploymentState = { history: [], majors: {} };

/**
 * The state after a release succeeded.
 *
 * @remarks
 * A deploy goes on top of the history. A rollback takes off what it went back
 * from, so that the next rollback never returns to the version just left.
 */
export function applyRelease(
  state: DeploymentState,
  release: Pick<Release, 'kind' | 'version'>,
): DeploymentState {
  const { version } = release;
  let history = state.history.filter(
    (entry, index, all) => entry !== all[index - 1],
  );
  if (release.kind === 'rollback' && history.includes(version)) {
    history = history.slice(0, history.lastIndexOf(version) + 1);
  } else if (history[history.length - 1] !== version) {
    history = [...history, version];
  }
  return {
    history: history.slice(-MAX_HISTORY),
    majors: { ...state.majors, [apiVersionOf(version)]: version },
  };
}

export function liveVersion(state: DeploymentState): string | undefined {
  return state.history[state.history.length - 1];
}

/** Where a rollback goes: the good version before the live one. */
export function rollbackVersion(state: DeploymentState): string | undefined {
  return state.history[state.history.length - 2];
}

/** Every good version that can be gone back to, the newest first. */
export function rollbackVersions(state: DeploymentState): string[] {
  const live = liveVersion(state);
  const earlier = state.history.slice(0, -1).reverse();
  return [...new Set(earlier)].filter(version => version !== live);
}

/**
 * Versions that stay loaded: the live one, the one that a rollback returns to,
 * and one for each API version, so that pinned callers are served.
 */
export function retainedVersions(state: DeploymentState): Set<string> {
  return new Set(
    [
      liveVersion(state),
      rollbackVersion(state),
      ...Object.values(state.majors),
    ].filter((version): version is string => Boolean(version)),
  );
}

/**
 * Routes that send everything to the live version and keep each API version
 * served; with the deprecations of the versions that stay loaded.
 */
export function routesOf(
  state: DeploymentState,
  generation: number,
  deprecated: { version: string; deprecation: Deprecation }[] = [],
): Routes {
  const served = retainedVersions(state);
  const deprecations = Object.fromEntries(
    deprecated
      .filter(({ version }) => served.has(version))
      .map(({ version, deprecation: { at, sunset } }) => [
        version,
        { at, sunset },
      ]),
  );
  const only = (version: string) => [{ version, weight: 100 }];
  const fallback = rollbackVersion(state);
  return {
    generation,
    split: only(liveVersion(state)!),
    majors: Object.fromEntries(
      Object.entries(state.majors).map(([major, version]) => [
        major,
        only(version),
      ]),
    ),
    ...(Object.keys(deprecations).length && { deprecations }),
    ...(fallback && { fallback }),
  };
}
