import type { ServingProblem } from '@ml-platform/plugin-ml-common';
import type { LoadRefusedError } from './workers/Worker';

/** Why a replica does not serve. */
export interface Trouble {
  problem: ServingProblem;
  /** One sentence for people. */
  reason: string;
}

/** A replica that will never serve. */
export class GivenUpError extends Error {
  static of({ message, problem }: LoadRefusedError): GivenUpError {
    return new GivenUpError({ problem, reason: message });
  }

  constructor(readonly trouble: Trouble) {
    super(trouble.reason);
  }
}
