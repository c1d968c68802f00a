import type {
  EmergencyRollback,
  Routes,
  ServedModelKey,
  ServedModelStatus,
} from '@ml-platform/plugin-ml-common';
import type { Experiment } from '../experiments/Experiment';
import type { AcceptedState } from '../state/AcceptedState';
import type { Rollout } from '../rollout/Rollout';
import type { VersionRunner } from './VersionRunner';

/** One model in one environment, as it is served now. */
export class ServedModel {
  readonly key: ServedModelKey;
  readonly versions = new Map<string, VersionRunner>();
  routes: Routes | undefined;
  /** The newest one; it may be over. */
  rollout: Rollout | undefined;
  /** The one that runs. */
  experiment: Experiment | undefined;
  /** The newest one, until other routes take its place. */
  emergency: EmergencyRollback | undefined;

  constructor(key: ServedModelKey) {
    this.key = key;
  }

  status(): ServedModelStatus {
    return {
      ...this.key,
      versions: [...this.versions.values()].map(runner => runner.status()),
      routes: this.routes,
      rollout: this.rollout?.status(),
      experiment: this.experiment?.status(),
      emergency: this.emergency,
    };
  }

  toState(): AcceptedState {
    return {
      format: 1,
      ...this.key,
      versions: [...this.versions.values()].map(({ spec }) => spec),
      routes: this.routes,
      rollout: this.rollout?.kept,
      experiment: this.experiment?.spec,
      emergency: this.emergency,
    };
  }
}

/** Every version that routes name, once. */
export function versionsIn(routes: Routes | undefined): string[] {
  if (!routes) return [];
  const splits = [routes.split, ...Object.values(routes.majors)];
  return [...new Set(splits.flat().map(({ version }) => version))];
}
