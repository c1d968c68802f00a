import { ConflictError, ServiceUnavailableError } from '@backstage/errors';
import type {
  Environment,
  Routes,
  ServedModelKey,
  ServedModelStatus,
  ServedVersion,
  ServedVersionStatus,
  ServingStatus,
} from '@ml-platform/plugin-ml-common';
import type { ServingTarget } from '@ml-platform/plugin-ml-node';

/**
 * A serving target in memory, with the same rules as the inference server, that
 * a test can take down, hold up or let fail. The real server is behind the
 * same interface in the tests of the whole platform.
 */
export class ScriptedServingTarget implements ServingTarget {
  /** What becomes of versions that are loaded from now on. */
  outcome: Pick<ServedVersionStatus, 'state' | 'reason'> = { state: 'ready' };
  down = false;
  #models = new Map<string, ServedModelStatus>();

  async load(key: ServedModelKey, version: ServedVersion) {
    this.#answer();
    const model = this.#model(key);
    const held = model.versions.find(
      entry => entry.version === version.version,
    );
    if (held) return { ...held };
    const status: ServedVersionStatus = {
      version: version.version,
      digest: version.digest,
      ...this.outcome,
      requests: 0,
      errors: 0,
    };
    model.versions.push(status);
    return { ...status };
  }

  async getVersion(key: ServedModelKey, version: string) {
    this.#answer();
    return this.#models
      .get(keyOf(key))
      ?.versions.find(entry => entry.version === version);
  }

  async setRoutes(key: ServedModelKey, routes: Routes) {
    this.#answer();
    const model = this.#model(key);
    if (routes.generation < (model.routes?.generation ?? 0)) {
      throw new ConflictError(`generation ${routes.generation} is stale`);
    }
    for (const { version } of [
      ...routes.split,
      ...Object.values(routes.majors).flat(),
    ]) {
      const state = model.versions.find(
        entry => entry.version === version,
      )?.state;
      if (state !== 'ready') throw new ConflictError(`${version} is not ready`);
    }
    model.routes = routes;
  }

  async unload(key: ServedModelKey, version: string) {
    this.#answer();
    const model = this.#model(key);
    model.versions = model.versions.filter(entry => entry.version !== version);
  }

  async getStatus(): Promise<ServingStatus> {
    this.#answer();
    return structuredClone({ models: [...this.#models.values()] });
  }

  getGatewayUrl(environment: Environment) {
    return `http://${environment}.example`;
  }

  /** Everything that was accepted is gone, as with a new data folder. */
  loseState() {
    this.#models = new Map();
  }

  finishLoading() {
    this.outcome = { state: 'ready' };
    for (const model of this.#models.values()) {
      for (const version of model.versions) version.state = 'ready';
    }
  }

  held(environment: Environment, model: string): ServedModelStatus | undefined {
    return this.#models.get(keyOf({ environment, model }));
  }

  #answer() {
    if (this.down) throw new ServiceUnavailableError('connection refused');
  }

  #model(key: ServedModelKey): ServedModelStatus {
    const { environment, model } = key;
    const status = this.#models.get(keyOf(key)) ?? {
      environment,
      model,
      versions: [],
    };
    this.#models.set(keyOf(key), status);
    return status;
  }
}

function keyOf(key: ServedModelKey): string {
  return `${key.environment}/${key.model}`;
}
