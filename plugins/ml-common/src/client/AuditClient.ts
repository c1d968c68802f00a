import type {
  AuditAlert,
  AuditFilter,
  AuditHold,
  AuditSegment,
  AuditStatus,
  AuditVerification,
  ListedAuditEvent,
} from '../audit/types';
import type { Approval } from '../governance/approvals';
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

  /** Says what an alert was about; it is not open any more. */
  closeAlert(id: string, comment: string): Promise<AuditAlert> {
    return this.#transport.request(
      'POST',
      `/audit/alerts/${encodeURIComponent(id)}/close`,
      { body: { comment } },
    );
  }

  /** Oldest month first. */
  async segments(): Promise<AuditSegment[]> {
    const { items } = await this.#transport.request<{ items: AuditSegment[] }>(
      'GET',
      '/audit/segments',
    );
    return items;
  }

  /** Asks for the disposal of a month; a second person decides. */
  requestDisposal(month: string, reason: string): Promise<Approval> {
    return this.#transport.request(
      'POST',
      `/audit/segments/${encodeURIComponent(month)}/disposal-requests`,
      { body: { reason } },
    );
  }

  /** Removes the events of a month, with the approval that was given. */
  dispose(month: string): Promise<AuditSegment> {
    return this.#transport.request(
      'POST',
      `/audit/segments/${encodeURIComponent(month)}/disposal`,
    );
  }

  /** Legal holds, newest first. */
  async holds(): Promise<AuditHold[]> {
    const { items } = await this.#transport.request<{ items: AuditHold[] }>(
      'GET',
      '/audit/holds',
    );
    return items;
  }

  placeHold(
    hold: Pick<AuditHold, 'reason' | 'since' | 'until'>,
  ): Promise<AuditHold> {
    return this.#transport.request('POST', '/audit/holds', { body: hold });
  }

  /** Asks for the release of a hold; a second person decides. */
  requestRelease(hold: string, reason: string): Promise<Approval> {
    return this.#transport.request(
      'POST',
      `/audit/holds/${encodeURIComponent(hold)}/release-requests`,
      { body: { reason } },
    );
  }

  /** That a place in the log is in it, also when its event was disposed of. */
  async proofAt(position: number): Promise<string> {
    const response = await this.#transport.fetch(
      'GET',
      `/audit/entries/${position}/proof`,
    );
    return response.text();
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
