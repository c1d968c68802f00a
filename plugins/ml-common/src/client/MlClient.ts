import type { Approval } from '../governance/approvals';
import type { NameCheck, NewModel } from '../registry/newModel';
import type { Model, Page, Version } from '../registry/types';
import type { ReleaseStatsReport } from '../releases/stats';
import type { ReleaseOutlook } from '../releases/policy';
import type {
  Deployment,
  Environment,
  Release,
  ReleaseExceptionRequest,
  ReleaseState,
  Strategy,
} from '../releases/types';
import type { RolloutAction } from '../serving/rollout';
import { EvaluationsClient } from './EvaluationsClient';
import { BatchJobsClient } from './BatchJobsClient';
import { ExperimentsClient } from './ExperimentsClient';
import { GitopsClient } from './GitopsClient';
import { AccessClient } from './AccessClient';
import { LimitsClient } from './LimitsClient';
import { ApprovalsClient } from './ApprovalsClient';
import { AuditClient } from './AuditClient';
import { LineageClient } from './LineageClient';
import { MlTransport, type MlClientOptions, toQuery } from './MlTransport';
import { PolicyClient } from './PolicyClient';
import { PredictionsClient } from './PredictionsClient';
import { ProofsClient } from './ProofsClient';
import { AliasesClient, VersionsClient } from './RegistryClients';
import { RetentionClient } from './RetentionClient';
import { ServiceAccountsClient } from './ServiceAccountsClient';
import { WebhooksClient } from './WebhooksClient';

/** @public */
export interface PageQuery {
  /** 1 to 100; 20 by default. */
  limit?: number;
  cursor?: string;
}

/** @public */
export interface ListModelsQuery extends PageQuery {
  /** Text that name, title, description, owner or a tag contains. */
  q?: string;
}

/** @public */
export interface RegisterVersionRequest {
  version: string;
  /** Digest of the manifest, already pushed to the model's repository. */
  digest: string;
  /** Registers it as a draft: to be tried in staging, never in production. */
  draft?: boolean;
}

/** @public */
export interface CreateReleaseRequest {
  environment: Environment;
  version: string;
  /**
   * What the platform has for the environment when not given: in production a
   * canary, unless nothing is live there.
   */
  strategy?: Strategy;
  /**
   * Whether the platform evaluates a version that lacks its evaluation, while
   * the release waits in its gate; else it is refused at once. True when not given.
   */
  evaluate?: boolean;
  /**
   * Id of a release that waits there, at its gate or for an approval, and is
   * ended for this one; that takes the right to roll back, too. One that has
   * begun is never ended, nor is another one that waits by now.
   */
  supersedes?: string;
  reason?: string;
}

/** Which releases of a model are asked for: all that fit each of these. @public */
export interface ReleaseFilter {
  environment?: Environment;
  kind?: Release['kind'];
  /** Any of these. */
  state?: ReleaseState[];
  /** Entity reference of who asked for it. */
  requestedBy?: string;
}

/** Takes what is live in staging to production, the very same bytes. @public */
export interface PromoteRequest {
  /** Refused when another version is live in staging. */
  version?: string;
  strategy?: Strategy;
  /** As for a release. */
  evaluate?: boolean;
  /** As for a release. */
  supersedes?: string;
  reason?: string;
}

/** @public */
export interface RollbackRequest {
  environment: Environment;
  /** Defaults to the last good version before the live one. */
  version?: string;
  reason?: string;
}

/** @public */
export interface PlatformInfo {
  version: string;
  /** Base URLs of the inference gateways. */
  gateways: Record<Environment, string>;
  /** Their addresses for gRPC, where they are configured. */
  grpcGateways?: Partial<Record<Environment, string>>;
  /** Whether the portal has a key of its own for them, since they ask who calls. */
  gatewaysAskForKey?: boolean;
  /** Host of the OCI registry, with its port. */
  registry: string;
  /**
   * Set when that registry is not the portal's own: it has accounts of its own,
   * and a Backstage token must not be sent there.
   */
  externalRegistry?: {
    /** Base URL, without `/v2`. */
    url: string;
    /** Stands before the name of each repository, with a slash between. */
    repositoryPrefix?: string;
  };
  /** The caller, as an entity reference or a service's subject. */
  identity: string;
}

/**
 * Who a caller is to the platform.
 * @public
 */
export interface CallerIdentity {
  /** An entity reference, or a service's subject. */
  identity: string;
  /** The teams, as entity references. */
  groups: string[];
  /** The roles that the configuration gives to the caller or to a team. */
  roles: string[];
}

/** @public */
export interface MutationOptions {
  /** The same key with the same request is carried out once only. */
  idempotencyKey?: string;
}

/**
 * Client of the control plane's REST API, for browser, CLI and backend alike.
 * Every failure is a `ResponseError` of `@backstage/errors`.
 * @public
 */
export class MlClient {
  /** Search for versions, and their states. */
  readonly versions: VersionsClient;
  readonly aliases: AliasesClient;
  readonly approvals: ApprovalsClient;
  readonly serviceAccounts: ServiceAccountsClient;
  readonly webhooks: WebhooksClient;
  readonly lineage: LineageClient;
  readonly limits: LimitsClient;
  readonly audit: AuditClient;
  readonly evaluations: EvaluationsClient;
  readonly proofs: ProofsClient;
  readonly retention: RetentionClient;
  readonly experiments: ExperimentsClient;
  readonly gitops: GitopsClient;
  readonly predictions: PredictionsClient;
  readonly batchJobs: BatchJobsClient;
  readonly access: AccessClient;
  readonly policy: PolicyClient;
  readonly #transport: MlTransport;

  constructor(options: MlClientOptions) {
    this.#transport = new MlTransport(options);
    this.versions = new VersionsClient(this.#transport);
    this.aliases = new AliasesClient(this.#transport);
    this.approvals = new ApprovalsClient(this.#transport);
    this.serviceAccounts = new ServiceAccountsClient(this.#transport);
    this.webhooks = new WebhooksClient(this.#transport);
    this.access = new AccessClient(this.#transport);
    this.policy = new PolicyClient(this.#transport);
    this.lineage = new LineageClient(this.#transport);
    this.limits = new LimitsClient(this.#transport);
    this.audit = new AuditClient(this.#transport);
    this.evaluations = new EvaluationsClient(this.#transport);
    this.proofs = new ProofsClient(this.#transport);
    this.retention = new RetentionClient(this.#transport);
    this.experiments = new ExperimentsClient(this.#transport);
    this.gitops = new GitopsClient(this.#transport);
    this.predictions = new PredictionsClient(this.#transport);
    this.batchJobs = new BatchJobsClient(this.#transport);
  }

  whoami(): Promise<CallerIdentity> {
    return this.#transport.request('GET', '/whoami');
  }

  info(): Promise<PlatformInfo> {
    return this.#transport.request('GET', '/info');
  }

  listModels(query: ListModelsQuery = {}): Promise<Page<Model>> {
    return this.#transport.request('GET', `/models${toQuery({ ...query })}`);
  }

  getModel(name: string): Promise<Model> {
    return this.#transport.request(
      'GET',
      `/models/${encodeURIComponent(name)}`,
    );
  }

  /** Creates a model that has no version yet; the same again is no change. */
  createModel(request: NewModel): Promise<Model> {
    return this.#transport.request('POST', '/models', { body: request });
  }

  /** Whether a name can be taken for a new model. */
  checkModelName(name: string): Promise<NameCheck> {
    return this.#transport.request(
      'GET',
      `/model-names/${encodeURIComponent(name)}`,
    );
  }

  /** Highest version first. */
  listVersions(model: string, query: PageQuery = {}): Promise<Page<Version>> {
    return this.#transport.request(
      'GET',
      `/models/${encodeURIComponent(model)}/versions${toQuery({ ...query })}`,
    );
  }

  getVersion(model: string, version: string): Promise<Version> {
    return this.#transport.request(
      'GET',
      `/models/${encodeURIComponent(model)}/versions/${encodeURIComponent(
        version,
      )}`,
    );
  }

  /** OpenAPI document of the version's inference endpoint. */
  getOpenApi(model: string, version: string): Promise<object> {
    return this.#transport.request(
      'GET',
      `/models/${encodeURIComponent(model)}/versions/${encodeURIComponent(
        version,
      )}/openapi`,
    );
  }

  /** The version as a CycloneDX bill of materials, its card included. */
  getBom(model: string, version: string): Promise<object> {
    return this.#transport.request(
      'GET',
      `/models/${encodeURIComponent(model)}/versions/${encodeURIComponent(
        version,
      )}/bom`,
    );
  }

  /** Text of one of the version's files, which must be small. */
  async getFileText(
    model: string,
    version: string,
    path: string,
  ): Promise<string> {
    const response = await this.#transport.fetch(
      'GET',
      filePath(model, version, path),
    );
    return response.text();
  }

  /** Where a browser downloads one of the version's files. */
  getFileUrl(model: string, version: string, path: string): Promise<string> {
    return this.#transport.urlOf(filePath(model, version, path));
  }

  /**
   * Registers a pushed manifest as a version; creates the model with its first
   * one. Registering the same digest again is no change.
   */
  registerVersion(
    model: string,
    request: RegisterVersionRequest,
  ): Promise<Version> {
    return this.#transport.request(
      'POST',
      `/models/${encodeURIComponent(model)}/versions`,
      { body: request },
    );
  }

  listDeployments(
    query: { model?: string; environment?: Environment } = {},
  ): Promise<{ items: Deployment[] }> {
    return this.#transport.request('GET', `/deployments${toQuery(query)}`);
  }

  /** Newest first. */
  listReleases(
    model: string,
    query: PageQuery & ReleaseFilter = {},
  ): Promise<Page<Release>> {
    const { state, ...rest } = query;
    return this.#transport.request(
      'GET',
      `/models/${encodeURIComponent(model)}/releases${toQuery({
        ...rest,
        state: state?.join(','),
      })}`,
    );
  }

  /** With its transitions. */
  getRelease(id: string): Promise<Release> {
    return this.#transport.request(
      'GET',
      `/releases/${encodeURIComponent(id)}`,
    );
  }

  createRelease(
    model: string,
    request: CreateReleaseRequest,
    options: MutationOptions = {},
  ): Promise<Release> {
    return this.#transport.request(
      'POST',
      `/models/${encodeURIComponent(model)}/releases`,
      { body: request, ...options },
    );
  }

  /** What awaits a deployment that is asked for now. */
  getReleaseOutlook(
    model: string,
    environment: Environment,
  ): Promise<ReleaseOutlook> {
    return this.#transport.request(
      'GET',
      `/models/${encodeURIComponent(model)}/release-outlook${toQuery({
        environment,
      })}`,
    );
  }

  /** How releases to production went, by team. */
  getReleaseStats(query: { days?: number } = {}): Promise<ReleaseStatsReport> {
    return this.#transport.request('GET', `/release-stats${toQuery(query)}`);
  }

  /** Asks for a second person's approval to lift a rule for one release. */
  requestReleaseException(
    model: string,
    request: ReleaseExceptionRequest,
  ): Promise<Approval> {
    return this.#transport.request(
      'POST',
      `/models/${encodeURIComponent(model)}/release-exceptions`,
      { body: request },
    );
  }

  promote(
    model: string,
    request: PromoteRequest = {},
    options: MutationOptions = {},
  ): Promise<Release> {
    return this.#transport.request(
      'POST',
      `/models/${encodeURIComponent(model)}/promotions`,
      { body: request, ...options },
    );
  }

  /** Takes a model out of staging; what was released stays in the history. */
  undeploy(model: string, environment: Environment): Promise<void> {
    return this.#transport.request(
      'DELETE',
      `/models/${encodeURIComponent(model)}/deployments/${environment}`,
    );
  }

  /** Pauses, resumes or aborts a canary release; `abort` leaves the version before live. */
  steerRelease(
    id: string,
    action: RolloutAction,
    request: { reason?: string } = {},
  ): Promise<Release> {
    return this.#transport.request(
      'POST',
      `/releases/${encodeURIComponent(id)}/${action}`,
      { body: request },
    );
  }

  rollback(
    model: string,
    request: RollbackRequest,
    options: MutationOptions = {},
  ): Promise<Release> {
    return this.#transport.request(
      'POST',
      `/models/${encodeURIComponent(model)}/rollbacks`,
      { body: request, ...options },
    );
  }
}

function filePath(model: string, version: string, path: string): string {
  return `/files/${[model, version, ...path.split('/')]
    .map(encodeURIComponent)
    .join('/')}`;
}
