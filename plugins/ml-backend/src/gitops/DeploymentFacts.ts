import type { Environment } from '@ml-platform/plugin-ml-common';
import { liveVersion } from '../releases/deploymentState';
import type { ReleaseStore, StoredDeployment } from '../releases/ReleaseStore';
import type { GitopsStore, StoredFile } from './GitopsStore';
import type { Facts } from './standing';

interface Key {
  environment?: Environment;
  model?: string;
}

/** What is known of all deployments at one moment. */
export interface GatheredFacts {
  deployments: StoredDeployment[];
  /** Of one deployment, beside its file. */
  of(key: Key, file: StoredFile | undefined): Facts;
}

/** Gathers what a file is compared with. */
export class DeploymentFacts {
  readonly #options: {
    store: GitopsStore;
    releases: Pick<ReleaseStore, 'listDeployments' | 'listActive' | 'get'>;
  };

  constructor(options: {
    store: GitopsStore;
    releases: Pick<ReleaseStore, 'listDeployments' | 'listActive' | 'get'>;
  }) {
    this.#options = options;
  }

  /**
   * A release leaves the active ones together with its intent and the
   * deployment; reading in this order never misses one that ends meanwhile.
   */
  async gather(): Promise<GatheredFacts> {
    const { releases, store } = this.#options;
    const active = await releases.listActive();
    const intents = await store.listPendingIntents();
    const attempts = await store.listAttempts();
    const deployments = await releases.listDeployments({});
    const attempted = new Map(
      await Promise.all(
        attempts
          .map(({ release }) => release)
          .filter(release => release !== undefined)
          .map(async id => [id, await releases.get(id)] as const),
      ),
    );
    const find = <T extends Key>(all: T[], { environment, model }: Key) =>
      all.find(
        entry => entry.model === model && entry.environment === environment,
      );
    return {
      deployments,
      of: (key, file) => {
        const deployment = find(deployments, key);
        const attempt = find(attempts, key);
        return {
          file,
          running: deployment && liveVersion(deployment),
          active: find(active, key),
          isPending: Boolean(find(intents, key)),
          attempt,
          attempted: attempt?.release
            ? attempted.get(attempt.release)
            : undefined,
        };
      },
    };
  }
}
