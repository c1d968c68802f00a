import type {
  ExperimentSpec,
  ExperimentStatus,
} from '@ml-platform/plugin-ml-common';
import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../gateway/GatewayError';
import { pickWeighted } from '../gateway/pickVersion';
import { ArmCounter } from './ArmCounter';
import { assignArm } from './assignArm';
import type { KeptCounts } from './CountsFile';

/** Header by which a caller chooses an arm, and by which it is told which one answered. */
export const ARM_HEADER = 'x-ml-arm';
export const EXPERIMENT_HEADER = 'x-ml-experiment';

/** The arm of one request. */
export interface Assignment {
  arm: string;
  version: string;
  /** The caller chose it. */
  forced: boolean;
}

/** An experiment that runs: assigns requests to arms and counts them. */
export class Experiment {
  spec: ExperimentSpec;
  readonly #arms = new Map<string, ArmCounter>();
  #outside = 0;
  /** Something was counted since the counts were last kept. */
  changed = false;

  constructor(spec: ExperimentSpec) {
    this.spec = spec;
  }

  /**
   * Undefined when the request takes no part: it lacks the sticky header.
   * @throws GatewayError when it asks for an arm that it cannot have
   */
  assign(headers: IncomingHttpHeaders): Assignment | undefined {
    const { arms, stickyHeader } = this.spec;
    const asked = valueOf(headers, ARM_HEADER);
    if (asked !== undefined) return this.#force(asked);
    if (!stickyHeader) {
      const { name, version } = pickWeighted(arms, Math.random());
      return { arm: name, version, forced: false };
    }
    const key = valueOf(headers, stickyHeader);
    if (!key) {
      this.#outside += 1;
      this.changed = true;
      return undefined;
    }
    const { name, version } = assignArm(this.spec, key);
    return { arm: name, version, forced: false };
  }

  count(
    { arm, forced }: Assignment,
    request: { status: number; latencyMs: number },
  ): void {
    // Callers who went away, and what callers got wrong, say nothing of an arm.
    if (request.status >= 400 && request.status < 500) return;
    this.changed = true;
    const counter = this.#counter(arm);
    // Who chose an arm is no chance sample of the callers.
    if (forced) counter.countForced();
    else counter.count(request);
  }

  needs(version: string): boolean {
    return this.spec.arms.some(arm => arm.version === version);
  }

  merge({ arms, outside }: KeptCounts): void {
    for (const [name, kept] of Object.entries(arms)) {
      this.#counter(name).merge(kept);
    }
    this.#outside += outside;
  }

  toCounts(): KeptCounts {
    const arms = [...this.#arms].map(([name, counter]) => [
      name,
      counter.toKept(),
    ]);
    return { outside: this.#outside, arms: Object.fromEntries(arms) };
  }

  status(): ExperimentStatus {
    const counts = this.spec.arms.map(({ name }) => [
      name,
      this.#counter(name).toCounts(),
    ]);
    return {
      ...this.spec,
      counts: Object.fromEntries(counts),
      outside: this.#outside,
    };
  }

  #force(asked: string): Assignment {
    const { arms, forcible, name } = this.spec;
    if (!forcible) {
      throw new GatewayError({
        status: 403,
        failure: 'arm-refused',
        message: `experiment '${name}' does not let callers choose; send the request without ${ARM_HEADER}`,
      });
    }
    const arm = arms.find(each => each.name === asked);
    if (!arm) {
      throw new GatewayError({
        status: 400,
        failure: 'no-such-arm',
        message: `${ARM_HEADER}: experiment '${name}' has no arm '${asked.slice(
          0,
          100,
        )}'; there are ${arms.map(each => each.name).join(', ')}`,
      });
    }
    return { arm: arm.name, version: arm.version, forced: true };
  }

  #counter(arm: string): ArmCounter {
    let counter = this.#arms.get(arm);
    if (!counter) {
      counter = new ArmCounter();
      this.#arms.set(arm, counter);
    }
    return counter;
  }
}

function valueOf(
  headers: IncomingHttpHeaders,
  name: string,
): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
