import {
  ConflictError,
  InputError,
  ServiceUnavailableError,
} from '@backstage/errors';
import type {
  AccessReport,
  AccessSnapshot,
  Environment,
  ExperimentSpec,
  ExperimentStatus,
  RolloutAction,
  RolloutPlan,
  RolloutStatus,
  Routes,
  ServedModelKey,
  ServedVersion,
  ServedVersionStatus,
  ServingStatus,
  TrafficReport,
  VersionCheck,
} from '@ml-platform/plugin-ml-common';
import type { ServingTarget } from '@ml-platform/plugin-ml-node';
import { fetchTrusting } from './fetchTrusting';
import { whyNoAnswer } from './whyNoAnswer';

export interface EmbeddedServingTargetOptions {
  /** Base URL of the control API. */
  url: string;
  token: string;
  gateways: Record<Environment, string>;
  /** PEM of an authority of one's own, for control API and gateways. */
  ca?: string;
}

const TIMEOUT_MS = 10_000;
/** The server lets requests under way end before it answers. */
const UNLOAD_TIMEOUT_MS = 40_000;
/** Large models answer their first request slowly. */
const CHECK_TIMEOUT_MS = 120_000;

/** The inference server on this machine, through its control API. */
export class EmbeddedServingTarget implements ServingTarget {
  readonly #options: EmbeddedServingTargetOptions;
  readonly #fetch: typeof fetch;

  constructor(options: EmbeddedServingTargetOptions) {
    this.#options = options;
    this.#fetch = fetchTrusting(options.ca);
  }

  async load(
    key: ServedModelKey,
    version: ServedVersion,
  ): Promise<ServedVersionStatus> {
    return this.#request('PUT', versionPath(key, version.version), {
      body: version,
    });
  }

  async getVersion(
    key: ServedModelKey,
    version: string,
  ): Promise<ServedVersionStatus | undefined> {
    return this.#request<ServedVersionStatus | undefined>(
      'GET',
      versionPath(key, version),
      { absentIsUndefined: true },
    );
  }

  async setRoutes(key: ServedModelKey, routes: Routes): Promise<void> {
    await this.#request('PUT', `${modelPath(key)}/routes`, { body: routes });
  }

  async unload(key: ServedModelKey, version: string): Promise<void> {
    await this.#request('DELETE', versionPath(key, version), {
      timeout: UNLOAD_TIMEOUT_MS,
    });
  }

  async checkVersion(
    key: ServedModelKey,
    { requests, version }: { version: string; requests: string[] },
  ): Promise<VersionCheck> {
    return this.#request('POST', `${versionPath(key, version)}/check`, {
      body: { requests },
      timeout: CHECK_TIMEOUT_MS,
    });
  }

  async remove(key: ServedModelKey): Promise<void> {
    await this.#request('DELETE', modelPath(key), {
      timeout: UNLOAD_TIMEOUT_MS,
    });
  }

  async beginRollout(
    key: ServedModelKey,
    plan: RolloutPlan,
  ): Promise<RolloutStatus> {
    return this.#request('PUT', `${modelPath(key)}/rollout`, { body: plan });
  }

  async getRollout(key: ServedModelKey): Promise<RolloutStatus | undefined> {
    return this.#request<RolloutStatus | undefined>(
      'GET',
      `${modelPath(key)}/rollout`,
      { absentIsUndefined: true },
    );
  }

  async steerRollout(
    key: ServedModelKey,
    action: RolloutAction,
    request: { id: string; cause: string; actor?: string },
  ): Promise<RolloutStatus> {
    return this.#request('POST', `${modelPath(key)}/rollout/${action}`, {
      body: request,
    });
  }

  async putExperiment(
    key: ServedModelKey,
    spec: ExperimentSpec,
  ): Promise<ExperimentStatus> {
    return this.#request('PUT', `${modelPath(key)}/experiment`, { body: spec });
  }

  async endExperiment(
    key: ServedModelKey,
    id: string,
  ): Promise<ExperimentStatus> {
    return this.#request(
      'DELETE',
      `${modelPath(key)}/experiment/${encodeURIComponent(id)}`,
    );
  }

  async setAccess(snapshot: AccessSnapshot): Promise<AccessReport> {
    return this.#request('PUT', '/access', { body: snapshot });
  }

  async getAccess(): Promise<AccessReport> {
    return this.#request('GET', '/access');
  }

  async getStatus(): Promise<ServingStatus> {
    return this.#request('GET', '/status');
  }

  async getTraffic(key: ServedModelKey): Promise<TrafficReport> {
    return this.#request('GET', `${modelPath(key)}/traffic`);
  }

  getGatewayUrl(environment: Environment): string {
    return this.#options.gateways[environment];
  }

  async #request<T>(
    method: string,
    path: string,
    options: {
      body?: unknown;
      absentIsUndefined?: boolean;
      /** Milliseconds. */
      timeout?: number;
    } = {},
  ): Promise<T> {
    const { absentIsUndefined, body, timeout = TIMEOUT_MS } = options;
    const { token, url } = this.#options;
    let response: Response;
    let text: string;
    try {
      response = await this.#fetch(`${url}/control/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(timeout),
      });
      text = await response.text();
    } catch (error) {
      throw new ServiceUnavailableError(
        `The inference server at ${url} does not answer: ${whyNoAnswer(error)}`,
      );
    }
    if (response.ok) return (text ? JSON.parse(text) : undefined) as T;
    if (response.status === 404 && absentIsUndefined) return undefined as T;
    const message = `The inference server refused ${method} ${path}: ${reasonOf(
      text,
    )}`;
    switch (response.status) {
      case 400:
      case 404:
      case 422:
        throw new InputError(message);
      case 409:
        throw new ConflictError(message);
      case 401:
      case 403:
        throw new ServiceUnavailableError(
          `${message}. Is ml.serving.embedded.control.token the one that the inference server was started with?`,
        );
      default:
        throw new ServiceUnavailableError(message);
    }
  }
}

function modelPath(key: ServedModelKey): string {
  return `/environments/${key.environment}/models/${key.model}`;
}

function versionPath(key: ServedModelKey, version: string): string {
  return `${modelPath(key)}/versions/${encodeURIComponent(version)}`;
}

function reasonOf(text: string): string {
  try {
    return JSON.parse(text).error.message;
  } catch {
    return text.slice(0, 500) || 'no reason given';
  }
}
