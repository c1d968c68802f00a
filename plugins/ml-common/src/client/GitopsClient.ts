import type { GitopsCommit, GitopsStatus } from '../gitops/types';
import type { Page } from '../registry/types';
import type { Environment, Release } from '../releases/types';
import { type MlTransport, toQuery } from './MlTransport';

/** @public */
export interface GitopsLogQuery {
  model?: string;
  environment?: Environment;
  /** 1 to 100; 20 by default. */
  limit?: number;
  cursor?: string;
}

/**
 * Desired state in a Git repository: how it stands to what runs.
 * @public
 */
export class GitopsClient {
  readonly #transport: MlTransport;

  /** @internal */
  constructor(transport: MlTransport) {
    this.#transport = transport;
  }

  status(
    query: { model?: string; environment?: Environment } = {},
  ): Promise<GitopsStatus> {
    return this.#transport.request(
      'GET',
      `/gitops/status${toQuery({ ...query })}`,
    );
  }

  /** Commits, newest first. */
  log(query: GitopsLogQuery = {}): Promise<Page<GitopsCommit>> {
    return this.#transport.request(
      'GET',
      `/gitops/log${toQuery({ ...query })}`,
    );
  }

  /** Looks at the repository now, and answers when that is done. */
  sync(): Promise<GitopsStatus> {
    return this.#transport.request('POST', '/gitops/sync');
  }

  /** Releases what a file says with the caller's own rights. */
  apply(deployment: {
    model: string;
    environment: Environment;
  }): Promise<Release> {
    return this.#transport.request('POST', '/gitops/apply', {
      body: deployment,
    });
  }
}
