import type { Approval } from '../governance/approvals';
import type {
  Alias,
  AliasMove,
  AliasPolicy,
  AliasPolicyChange,
  EvidenceFact,
  EvidenceKindInfo,
} from '../registry/aliases';
import type { VersionSearchQuery } from '../registry/search';
import type { Page, Version } from '../registry/types';
import { type MlTransport, toQuery } from './MlTransport';

const modelPath = (model: string) => `/models/${encodeURIComponent(model)}`;
const versionPath = (model: string, version: string) =>
  `${modelPath(model)}/versions/${encodeURIComponent(version)}`;

/**
 * States of a version, and what is known of it.
 * @public
 */
export class VersionsClient {
  readonly #transport: MlTransport;

  /** @internal */
  constructor(transport: MlTransport) {
    this.#transport = transport;
  }

  search(query: VersionSearchQuery): Promise<Page<Version>> {
    const { metrics, tags, ...rest } = query;
    return this.#transport.request(
      'GET',
      `/versions${toQuery({
        ...rest,
        metric: metrics?.join(','),
        tag: tags?.join(','),
      })}`,
    );
  }

  /** Makes a draft a registered version. */
  publish(model: string, version: string): Promise<Version> {
    return this.#transport.request(
      'POST',
      `${versionPath(model, version)}/publish`,
    );
  }

  deprecate(
    model: string,
    version: string,
    request: { sunset: string; reason: string; replacement?: string },
  ): Promise<Version> {
    return this.#transport.request(
      'PUT',
      `${versionPath(model, version)}/deprecation`,
      { body: request },
    );
  }

  undeprecate(model: string, version: string): Promise<Version> {
    return this.#transport.request(
      'DELETE',
      `${versionPath(model, version)}/deprecation`,
    );
  }

  /** Asks for a second person's approval; a draft is deleted at once. */
  requestDeletion(
    model: string,
    version: string,
    request: { reason: string },
  ): Promise<Approval | { deleted: true }> {
    return this.#transport.request(
      'POST',
      `${versionPath(model, version)}/deletion`,
      { body: request },
    );
  }
}

/** @public */
export class AliasesClient {
  readonly #transport: MlTransport;

  /** @internal */
  constructor(transport: MlTransport) {
    this.#transport = transport;
  }

  list(model: string): Promise<{ items: Alias[] }> {
    return this.#transport.request('GET', `${modelPath(model)}/aliases`);
  }

  /** Creates or moves an alias. */
  set(
    model: string,
    name: string,
    request: { version: string; reason?: string },
  ): Promise<Alias> {
    return this.#transport.request(
      'PUT',
      `${modelPath(model)}/aliases/${encodeURIComponent(name)}`,
      { body: request },
    );
  }

  remove(model: string, name: string): Promise<void> {
    return this.#transport.request(
      'DELETE',
      `${modelPath(model)}/aliases/${encodeURIComponent(name)}`,
    );
  }

  /** Newest first. */
  history(model: string, name: string): Promise<{ items: AliasMove[] }> {
    return this.#transport.request(
      'GET',
      `${modelPath(model)}/aliases/${encodeURIComponent(name)}/history`,
    );
  }

  /** Of no movers and no evidence when none was set. */
  getPolicy(model: string, name: string): Promise<AliasPolicy> {
    return this.#transport.request(
      'GET',
      `${modelPath(model)}/aliases/${encodeURIComponent(name)}/policy`,
    );
  }

  /** Changes of its policy, newest first. */
  policyHistory(
    model: string,
    name: string,
  ): Promise<{ items: AliasPolicyChange[] }> {
    return this.#transport.request(
      'GET',
      `${modelPath(model)}/aliases/${encodeURIComponent(name)}/policy/history`,
    );
  }

  /** Whether a version has what the policy of an alias asks for. */
  check(
    model: string,
    name: string,
    version: string,
  ): Promise<{ items: EvidenceFact[] }> {
    return this.#transport.request(
      'GET',
      `${modelPath(model)}/aliases/${encodeURIComponent(
        name,
      )}/evidence${toQuery({ version })}`,
    );
  }

  /** What policies may ask for. */
  evidenceKinds(): Promise<{ items: EvidenceKindInfo[] }> {
    return this.#transport.request('GET', '/alias-evidence');
  }

  setPolicy(
    model: string,
    name: string,
    policy: AliasPolicy,
  ): Promise<AliasPolicy> {
    return this.#transport.request(
      'PUT',
      `${modelPath(model)}/aliases/${encodeURIComponent(name)}/policy`,
      { body: policy },
    );
  }
}
