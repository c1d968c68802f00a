import type {
  PolicyComparison,
  PolicyProposal,
  PolicyProposalRequest,
  PolicyState,
  PolicyVersion,
  PolicyVersionDetail,
} from '../policy/policyVersions';
import type { Page } from '../registry/types';
import { type MlTransport, toQuery } from './MlTransport';

/**
 * What the platform obeys, what it obeyed before, and changes of it.
 * @public
 */
export class PolicyClient {
  readonly #transport: MlTransport;

  /** @internal */
  constructor(transport: MlTransport) {
    this.#transport = transport;
  }

  get(): Promise<PolicyState> {
    return this.#transport.request('GET', '/policy');
  }

  /** Newest first. */
  history(
    query: { limit?: number; cursor?: string } = {},
  ): Promise<Page<PolicyVersion>> {
    return this.#transport.request(
      'GET',
      `/policy/history${toQuery({ ...query })}`,
    );
  }

  getVersion(version: number): Promise<PolicyVersionDetail> {
    return this.#transport.request('GET', `/policy/versions/${version}`);
  }

  /** Against the version before, unless another one is named. */
  diff(
    version: number,
    query: { from?: number } = {},
  ): Promise<PolicyComparison> {
    return this.#transport.request(
      'GET',
      `/policy/versions/${version}/diff${toQuery({ ...query })}`,
    );
  }

  /**
   * Asks for a change; it takes effect when a second person approves it.
   * @param version - the one that was looked at; refused when there is a newer one
   */
  propose(
    version: number,
    request: PolicyProposalRequest,
  ): Promise<PolicyProposal> {
    return this.#transport.request('POST', '/policy/proposals', {
      body: request,
      ifMatch: version,
    });
  }

  /** What a change would do, and whether it could be asked for; asks nobody. */
  preview(
    version: number,
    request: Pick<PolicyProposalRequest, 'changes'>,
  ): Promise<PolicyProposal> {
    return this.#transport.request('POST', '/policy/previews', {
      body: request,
      ifMatch: version,
    });
  }
}
