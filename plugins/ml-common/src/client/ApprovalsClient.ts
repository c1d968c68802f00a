import type {
  Approval,
  ApprovalDecision,
  ApprovalKindInfo,
  ApprovalState,
  ReviewVerdict,
} from '../governance/approvals';
import type { Page } from '../registry/types';
import { type MlTransport, toQuery } from './MlTransport';

const pathOf = (id: string) => `/approvals/${encodeURIComponent(id)}`;

/**
 * What waits for a second person, and decisions on it.
 * @public
 */
export class ApprovalsClient {
  readonly #transport: MlTransport;

  /** @internal */
  constructor(transport: MlTransport) {
    this.#transport = transport;
  }

  /** Newest first. */
  list(
    query: {
      state?: ApprovalState;
      model?: string;
      /** Those that were done without a second person and wait for a review. */
      review?: 'open';
      limit?: number;
      cursor?: string;
    } = {},
  ): Promise<Page<Approval>> {
    return this.#transport.request('GET', `/approvals${toQuery({ ...query })}`);
  }

  /** What needs a second person, and who may decide on it. */
  listKinds(): Promise<{ items: ApprovalKindInfo[] }> {
    return this.#transport.request('GET', '/approval-kinds');
  }

  get(id: string): Promise<Approval> {
    return this.#transport.request('GET', pathOf(id));
  }

  decide(
    id: string,
    decision: ApprovalDecision,
    request: { comment?: string } = {},
  ): Promise<Approval> {
    return this.#transport.request('POST', `${pathOf(id)}/${decision}`, {
      body: request,
    });
  }

  /** Does it in an emergency, without the second person. */
  breakGlass(id: string, request: { reason: string }): Promise<Approval> {
    return this.#transport.request('POST', `${pathOf(id)}/break-glass`, {
      body: request,
    });
  }

  /** Says what a second person thinks of it afterwards. */
  review(
    id: string,
    request: { verdict: ReviewVerdict; comment?: string },
  ): Promise<Approval> {
    return this.#transport.request('POST', `${pathOf(id)}/review`, {
      body: request,
    });
  }
}
