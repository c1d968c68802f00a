import { InputError, NotFoundError } from '@backstage/errors';
import {
  accessSnapshotSchema,
  emergencyRequestSchema,
  experimentSpecSchema,
  type RolloutAction,
  rolloutActionSchema,
  rolloutCheckSchema,
  ROLLOUT_ACTIONS,
  rolloutPlanSchema,
  routesSchema,
  servedVersionSchema,
} from '@ml-platform/plugin-ml-common';
import type { AccessStore } from '../access/AccessStore';
import type { Health } from '../ops/HealthReport';
import { checkVersion } from '../rollout/checkVersion';
import type { ServingPlane } from '../serving/ServingPlane';
import type { Traffic } from '../traffic/Traffic';
import { parseBody, parseKey } from './parse';

export interface ControlAnswer {
  status: number;
  body?: unknown;
}

type Handler = (
  params: string[],
  body: Buffer,
) => ControlAnswer | Promise<ControlAnswer>;

const MODEL = '/control/v1/environments/([^/]+)/models/([^/]+)';

/** The operations of the control API, by method and path. */
export class ControlApi {
  readonly #plane: ServingPlane;
  readonly #traffic: Traffic;
  readonly #routes: [method: string, path: RegExp, handler: Handler][];

  constructor(options: {
    plane: ServingPlane;
    health: Health;
    traffic: Traffic;
    access: AccessStore;
  }) {
    const { access, health, plane } = options;
    this.#plane = plane;
    this.#traffic = options.traffic;
    const at = (path: string) => new RegExp(`^${path}$`);
    this.#routes = [
      ['GET', at('/control/v1/health'), () => ok(health.report())],
      ['GET', at('/control/v1/status'), () => ok(plane.status())],
      ['GET', at('/control/v1/access'), () => ok(access.report())],
      [
        'PUT',
        at('/control/v1/access'),
        async (_, body) =>
          ok(await access.set(parseBody(accessSnapshotSchema, body))),
      ],
      ['PUT', at(`${MODEL}/versions/([^/]+)`), this.#load],
      ['GET', at(`${MODEL}/versions/([^/]+)`), this.#getVersion],
      ['DELETE', at(`${MODEL}/versions/([^/]+)`), this.#unload],
      ['POST', at(`${MODEL}/versions/([^/]+)/check`), this.#checkVersion],
      ['PUT', at(`${MODEL}/routes`), this.#setRoutes],
      ['PUT', at(`${MODEL}/rollout`), this.#beginRollout],
      ['GET', at(`${MODEL}/rollout`), this.#getRollout],
      [
        'POST',
        at(`${MODEL}/rollout/(${ROLLOUT_ACTIONS.join('|')})`),
        this.#steerRollout,
      ],
      ['PUT', at(`${MODEL}/experiment`), this.#putExperiment],
      ['DELETE', at(`${MODEL}/experiment/([^/]+)`), this.#endExperiment],
      ['POST', at(`${MODEL}/rollback`), this.#rollBack],
      ['GET', at(`${MODEL}/traffic`), this.#getTraffic],
      ['DELETE', at(MODEL), this.#remove],
    ];
  }

  async handle(
    method: string,
    path: string,
    body: Buffer,
  ): Promise<ControlAnswer> {
    for (const [wanted, pattern, handler] of this.#routes) {
      const match = wanted === method && pattern.exec(path);
      if (match) return handler(match.slice(1), body);
    }
    throw new NotFoundError(`the control API has no ${method} ${path}`);
  }

  readonly #load: Handler = async ([environment, name, version], body) => {
    const key = parseKey(environment, name);
    const spec = parseBody(servedVersionSchema, body);
    if (spec.version !== version) {
      throw new InputError(
        `the path says version ${version}, the body ${spec.version}`,
      );
    }
    return { status: 202, body: await this.#plane.load(key, spec) };
  };

  readonly #getVersion: Handler = ([environment, name, version]) => {
    const key = parseKey(environment, name);
    const found = this.#plane
      .find(key.environment, key.model)
      ?.versions.get(version);
    if (!found) {
      throw new NotFoundError(
        `version ${version} of ${name} was never accepted in ${environment}, or unloaded since`,
      );
    }
    return ok(found.status());
  };

  readonly #checkVersion: Handler = async (
    [environment, name, version],
    body,
  ) => {
    const key = parseKey(environment, name);
    const { requests } = parseBody(rolloutCheckSchema, body);
    const runner = this.#plane
      .find(key.environment, key.model)
      ?.versions.get(version);
    return ok(await checkVersion(runner, requests));
  };

  readonly #unload: Handler = async ([environment, name, version]) => {
    await this.#plane.unload(parseKey(environment, name), version);
    return { status: 204 };
  };

  readonly #setRoutes: Handler = async ([environment, name], body) => {
    const key = parseKey(environment, name);
    const routes = parseBody(routesSchema, body);
    return ok(await this.#plane.setRoutes(key, routes));
  };

  readonly #beginRollout: Handler = async ([environment, name], body) => {
    const key = parseKey(environment, name);
    const plan = parseBody(rolloutPlanSchema, body);
    return ok(await this.#plane.rollouts.begin(key, plan));
  };

  readonly #getRollout: Handler = ([environment, name]) => {
    const key = parseKey(environment, name);
    const rollout = this.#plane.find(key.environment, key.model)?.rollout;
    if (!rollout) {
      throw new NotFoundError(`${name} had no rollout in ${environment}`);
    }
    return ok(rollout.status());
  };

  readonly #steerRollout: Handler = async (
    [environment, name, action],
    body,
  ) => {
    const key = parseKey(environment, name);
    const asked = parseBody(rolloutActionSchema, body);
    return ok(
      await this.#plane.rollouts.act(key, action as RolloutAction, asked),
    );
  };

  readonly #putExperiment: Handler = async ([environment, name], body) => {
    const key = parseKey(environment, name);
    const spec = parseBody(experimentSpecSchema, body);
    return ok(await this.#plane.experiments.put(key, spec));
  };

  readonly #endExperiment: Handler = async ([environment, name, id]) => {
    const key = parseKey(environment, name);
    return ok(await this.#plane.experiments.end(key, id));
  };

  readonly #rollBack: Handler = async ([environment, name], body) => {
    const key = parseKey(environment, name);
    const request = parseBody(emergencyRequestSchema, body);
    return ok(await this.#plane.rollBack(key, request));
  };

  readonly #getTraffic: Handler = async ([environment, name]) =>
    ok(await this.#traffic.report(parseKey(environment, name)));

  readonly #remove: Handler = async ([environment, name]) => {
    await this.#plane.remove(parseKey(environment, name));
    return { status: 204 };
  };
}

function ok(body: unknown): ControlAnswer {
  return { status: 200, body };
}
