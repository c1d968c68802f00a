import type { AccessReview } from '../governance/accessReview';
import type {
  Grant,
  GrantedAccess,
  GrantRequest,
  OwnAccess,
} from '../governance/grants';
import type { Role } from '../policy/policies';
import type { Page } from '../registry/types';
import { type MlTransport, toQuery } from './MlTransport';

/** @public */
export interface ListGrantsQuery {
  model?: string;
  team?: string;
  subject?: string;
  state?: Grant['state'];
  /** 1 to 100; 20 by default. */
  limit?: number;
  cursor?: string;
}

/**
 * Who may do what: roles and grants.
 * @public
 */
export class AccessClient {
  readonly #transport: MlTransport;

  /** @internal */
  constructor(transport: MlTransport) {
    this.#transport = transport;
  }

  /** Grants that concern the caller; of all for who reviews access. */
  listGrants(query: ListGrantsQuery = {}): Promise<Page<Grant>> {
    return this.#transport.request('GET', `/grants${toQuery({ ...query })}`);
  }

  getGrant(id: string): Promise<Grant> {
    return this.#transport.request('GET', `/grants/${encodeURIComponent(id)}`);
  }

  createGrant(request: GrantRequest): Promise<Grant> {
    return this.#transport.request('POST', '/grants', { body: request });
  }

  /** Ends a grant before its time, from the next request on. */
  revokeGrant(id: string): Promise<Grant> {
    return this.#transport.request(
      'DELETE',
      `/grants/${encodeURIComponent(id)}`,
    );
  }

  /** What stands for the caller, and which roles come of it. */
  getOwn(): Promise<OwnAccess> {
    return this.#transport.request('GET', '/access/me');
  }

  /** Who had which access in a period; ISO 8601, the end is not part of it. */
  review(period: { from: string; to: string }): Promise<AccessReview> {
    return this.#transport.request(
      'GET',
      `/access-review${toQuery({ ...period })}`,
    );
  }

  /** Members of each role; for policies. */
  getRoles(): Promise<Record<Role, string[]>> {
    return this.#transport.request('GET', '/access/roles');
  }

  /** What was granted to any of these; for policies. */
  getGranted(subjects: string[]): Promise<GrantedAccess> {
    const search = new URLSearchParams(subjects.map(ref => ['subject', ref]));
    return this.#transport.request('GET', `/access/granted?${search}`);
  }
}
