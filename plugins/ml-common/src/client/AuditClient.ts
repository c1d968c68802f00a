import type {
  AuditFilter,
  AuditStatus,
  AuditVerification,
  ListedAuditEvent,
} from '../audit/types';
import type { Page } from '../registry/types';
import { type MlTransport, toQuery } from './MlTransport';

/**
 * The audit log.
 * @public
 */
export class AuditClient {
  readonly #transport: MlTransport;

  /** @internal */
  constructor(transport: MlTransport) {
    this.#transport = transport;
  }

  /** Newest first. */
  list(
    query: AuditFilter & { limit?: number; cursor?: string } = {},
  ): Promise<Page<ListedAuditEvent>> {
    return this.#transport.request('GET', `/audit${toQuery({ ...query })}`);
  }

  get(id: string): Promise<ListedAuditEvent> {
    return this.#transport.request('GET', eventPath(id));
  }

  /** That an event is in the log, as a C2SP tlog-proof. */
  async proof(id: string): Promise<string> {
    const response = await this.#transport.fetch(
      'GET',
      `${eventPath(id)}/proof`,
    );
    return response.text();
  }

  status(): Promise<AuditStatus> {
    return this.#transport.request('GET', '/audit/status');
  }

  /** Checks the whole log now. */
  verify(): Promise<AuditVerification> {
    return this.#transport.request('POST', '/audit/verifications');
  }

  /**
   * All entries of a period, as lines of JSON that come as they are read:
   * with what proves them, or as OCSF events.
   */
  export(query: {
    since: string;
    until: string;
    format?: 'jsonl' | 'ocsf';
  }): Promise<Response> {
    return this.#transport.fetch(
      'GET',
      `/audit/export${toQuery({ ...query })}`,
    );
  }
}

function eventPath(id: string): string {
  return `/audit/events/${encodeURIComponent(id)}`;
}
