import { ENVIRONMENTS } from '@ml-platform/plugin-ml-common';
import { Counter, Gauge, type Registry } from 'prom-client';
import { weightOf } from '../../rollout/progress';
import type { ServedModel } from '../../serving/ServedModel';
import type { ServingPlane } from '../../serving/ServingPlane';

const STATES = ['pulling', 'starting', 'ready', 'restarting', 'failed'];
const VERSION = ['environment', 'model', 'version'] as const;

/** What is served, read when Prometheus asks. */
export function addPlaneMetrics(registry: Registry, plane: ServingPlane): void {
  const registers = [registry];
  const gauge = <T extends string>(
    name: string,
    help: string,
    labelNames: readonly T[],
    fill: (gauge: Gauge<T>) => void,
  ) => {
    const made: Gauge<T> = new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        made.reset();
        fill(made);
      },
    });
  };

  gauge(
    'ml_inference_in_flight_requests',
    'Requests under way, by version.',
    VERSION,
    made => {
      eachVersion(plane, (labels, { inFlight }) => made.set(labels, inFlight));
    },
  );
  gauge(
    'ml_inference_version_state',
    'The state of a version: 1 for the one it is in, 0 for the others.',
    [...VERSION, 'state'],
    made => {
      eachVersion(plane, (labels, runner) => {
        for (const state of STATES) {
          made.set({ ...labels, state }, runner.state === state ? 1 : 0);
        }
      });
    },
  );
  gauge(
    'ml_inference_replicas',
    'Replicas of a version: ready, as many as wanted now, and the min and max of its scaling.',
    [...VERSION, 'count'],
    made => {
      eachVersion(plane, (labels, runner) => {
        const { replicas } = runner.status();
        for (const [count, value] of Object.entries(replicas ?? {})) {
          made.set({ ...labels, count }, value);
        }
      });
    },
  );
  gauge(
    'ml_inference_memory_bytes',
    'Resident memory of all replicas of a version.',
    VERSION,
    made => {
      eachVersion(plane, (labels, runner) =>
        made.set(labels, runner.status().memoryBytes ?? 0),
      );
    },
  );
  gauge(
    'ml_inference_waiting_requests',
    'Requests that wait for a replica with room, by version.',
    VERSION,
    made => {
      eachVersion(plane, (labels, runner) =>
        made.set(labels, runner.status().waiting ?? 0),
      );
    },
  );
  const restarts: Counter<(typeof VERSION)[number]> = new Counter({
    name: 'ml_inference_worker_deaths_total',
    help: 'How often a worker of the version ended unasked.',
    labelNames: VERSION,
    registers,
    collect() {
      restarts.reset();
      eachVersion(plane, (labels, { deaths }) => restarts.inc(labels, deaths));
    },
  });
  gauge(
    'ml_inference_route_weight_ratio',
    'Share of the requests without a pin that goes to the version, from 0 to 1.',
    VERSION,
    made => {
      for (const model of plane.models()) addWeights(made, model);
    },
  );
  gauge(
    'ml_inference_rollout_weight_ratio',
    'Share of the canary while a rollout is under way.',
    ['environment', 'model'],
    made => {
      for (const { key, rollout } of plane.models()) {
        if (rollout) made.set({ ...key }, weightOf(rollout.kept) / 100);
      }
    },
  );
  gauge(
    'ml_inference_rollout_state',
    'The state of the newest rollout: 1 for the one it is in.',
    ['environment', 'model', 'state'],
    made => {
      for (const { key, rollout } of plane.models()) {
        if (rollout) made.set({ ...key, state: rollout.kept.state }, 1);
      }
    },
  );
  gauge(
    'ml_inference_models',
    'Models that are served, by environment.',
    ['environment'],
    made => {
      for (const environment of ENVIRONMENTS) {
        made.set({ environment }, plane.modelNames(environment).length);
      }
    },
  );
}

function addWeights(
  made: Gauge<(typeof VERSION)[number]>,
  { key, routes }: ServedModel,
): void {
  if (!routes) return;
  const total = routes.split.reduce((sum, { weight }) => sum + weight, 0);
  for (const { version, weight } of routes.split) {
    made.set({ ...key, version }, weight / total);
  }
}

type VersionLabels = Record<(typeof VERSION)[number], string>;
type Runner = ServedModel['versions'] extends Map<string, infer R> ? R : never;

function eachVersion(
  plane: ServingPlane,
  visit: (labels: VersionLabels, runner: Runner) => void,
): void {
  for (const { key, versions } of plane.models()) {
    for (const [version, runner] of versions) {
      visit({ ...key, version }, runner);
    }
  }
}
