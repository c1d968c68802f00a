import { isError } from '@backstage/errors';
import type { Model, Version } from '@ml-platform/plugin-ml-common';
import type { EvaluationGate } from '../../evaluations/EvaluationGate';
import type { GateFinding } from '../../evaluations/testResults';
import type { ProofService } from '../../proof/ProofService';
import { checkReleasable } from '../checkReleasable';
import { liveVersion } from '../deploymentState';
import type { ActiveRelease, ReleaseStore } from '../ReleaseStore';

/** How a release that waits stands, as things are now. */
export type Standing =
  /** It may go on; the message says what let it through. */
  | { state: 'open'; message: string; live: string | undefined }
  /** An evaluation is missing that the platform can run; maybe because production changed since the last one. */
  | { state: 'missing'; message: string; isOutdated: boolean }
  /** Nothing that it waits for can help it. */
  | { state: 'refused'; message: string };

/**
 * What has to be true when a release begins. It was true, or could become true,
 * when the release was asked for; since then its version may have been deleted,
 * a key been taken out of the configuration, a rule been switched on, or the
 * data plane have gone back to another version than its evaluation compared
 * it with. So all of it is looked at again, each time.
 */
export class StartConditions {
  readonly #options: {
    store: Pick<ReleaseStore, 'getDeployment'>;
    gate: Pick<
      EvaluationGate,
      'find' | 'isRequiredFor' | 'canEvaluate' | 'remedyFor'
    >;
    proofs: Pick<ProofService, 'findUnsigned'>;
  };

  constructor(options: {
    store: Pick<ReleaseStore, 'getDeployment'>;
    gate: Pick<
      EvaluationGate,
      'find' | 'isRequiredFor' | 'canEvaluate' | 'remedyFor'
    >;
    proofs: Pick<ProofService, 'findUnsigned'>;
  }) {
    this.#options = options;
  }

  async look(
    release: ActiveRelease,
    model: Pick<Model, 'owner'>,
    version: Version,
  ): Promise<Standing> {
    const { gate, proofs, store } = this.#options;
    const { environment } = release;
    const subject = `${release.model}@${release.version}`;
    try {
      checkReleasable(version, environment);
    } catch (error) {
      if (!isError(error) || error.name !== 'ConflictError') throw error;
      return { state: 'refused', message: error.message };
    }
    if (environment === 'production') {
      const unsigned = await proofs.findUnsigned(model, version);
      if (unsigned) return { state: 'refused', message: unsigned.message };
    }
    const deployment = await store.getDeployment(release.model, environment);
    const live = deployment && liveVersion(deployment);
    if (!(await gate.isRequiredFor(environment))) {
      return {
        ...{ state: 'open', live },
        message: `${environment} asks for no evaluation`,
      };
    }
    const finding = await gate.find(model, version);
    const outdated = outdatedBy(release, finding, live);
    if (finding.passed && !outdated) {
      return {
        ...{ state: 'open', live },
        message: `${subject}: ${finding.message}`,
      };
    }
    if ((finding.isOpen || outdated) && gate.canEvaluate) {
      return {
        state: 'missing',
        message: `${subject}: ${outdated ?? finding.message}`,
        isOutdated: outdated !== undefined,
      };
    }
    return {
      state: 'refused',
      message: `${subject} did not pass the gate: ${
        outdated ?? finding.message
      }. ${gate.remedyFor(version)}`,
    };
  }
}

/** Why a result that passed does not count: it was compared with what is not in production any more. */
function outdatedBy(
  release: ActiveRelease,
  { compared, passed }: GateFinding,
  live: string | undefined,
): string | undefined {
  if (!passed || !compared || compared.baseline === live) return undefined;
  if (!hasChanged(release, live)) return undefined;
  return `production changed from ${release.fromVersion ?? 'no version'} to ${
    live ?? 'no version'
  } while the release waited, and its evaluation compared it with ${
    compared.baseline ?? 'none'
  }`;
}

/** Evaluations compare with production; there, nothing is compared with itself. */
function hasChanged(
  { environment, fromVersion, version }: ActiveRelease,
  live: string | undefined,
): boolean {
  return (
    environment === 'production' && live !== fromVersion && live !== version
  );
}
