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

/**
 * The data plane, as the control plane sees it. It keeps what it accepted, so
 * that it goes on by itself while the control plane is down.
 *
 * Every call is idempotent: it may be repeated after a crash of the caller.
 * A target that cannot be reached makes a call throw `ServiceUnavailableError`;
 * one that refuses, `ConflictError` or `InputError` with its reason.
 * @public
 */
export interface ServingTarget {
  /** Accepts a version and starts to load it; returns at once. */
  load(
    key: ServedModelKey,
    version: ServedVersion,
  ): Promise<ServedVersionStatus>;

  /** Undefined when the version was never accepted, or unloaded since. */
  getVersion(
    key: ServedModelKey,
    version: string,
  ): Promise<ServedVersionStatus | undefined>;

  /**
   * Lets a version that is ready answer sample requests, before anybody else asks
   * it: each must be answered as its interface says. Without any, one is made of
   * the interface.
   */
  checkVersion(
    key: ServedModelKey,
    request: { version: string; requests: string[] },
  ): Promise<VersionCheck>;

  /** Replaces the routes at once and atomically; every version that they name must be ready. */
  setRoutes(key: ServedModelKey, routes: Routes): Promise<void>;

  /** Lets a version finish what it works on, then stops it. Refused while the routes name it. */
  unload(key: ServedModelKey, version: string): Promise<void>;

  /** Takes a model out of an environment: its routes, and then its versions. */
  remove(key: ServedModelKey): Promise<void>;

  /**
   * Hands a canary over, to be carried out without the control plane. The same
   * plan again changes nothing.
   */
  beginRollout(key: ServedModelKey, plan: RolloutPlan): Promise<RolloutStatus>;

  /** The newest rollout, which may be over; undefined when there was none. */
  getRollout(key: ServedModelKey): Promise<RolloutStatus | undefined>;

  steerRollout(
    key: ServedModelKey,
    action: RolloutAction,
    request: { id: string; cause: string; actor?: string },
  ): Promise<RolloutStatus>;

  /**
   * Begins an experiment, or takes its next revision; absent where a target has
   * none. The same again changes nothing.
   */
  putExperiment?(
    key: ServedModelKey,
    spec: ExperimentSpec,
  ): Promise<ExperimentStatus>;

  /** Ends an experiment; returns what it counted. `InputError` when it does not run. */
  endExperiment?(key: ServedModelKey, id: string): Promise<ExperimentStatus>;

  /**
   * Tells the data plane which service accounts there are, so that it knows them
   * without the control plane; absent where a target asks elsewhere. An older
   * snapshot than the one it has is a `ConflictError`.
   */
  setAccess?(snapshot: AccessSnapshot): Promise<AccessReport>;

  /** Which snapshot the data plane goes by, and whom it saw. */
  getAccess?(): Promise<AccessReport>;

  getStatus(): Promise<ServingStatus>;

  /** Traffic of the last day; absent where a target does not count it. */
  getTraffic?(key: ServedModelKey): Promise<TrafficReport>;

  /** Base URL of an environment's gateway, for callers. */
  getGatewayUrl(environment: Environment): string;
}
