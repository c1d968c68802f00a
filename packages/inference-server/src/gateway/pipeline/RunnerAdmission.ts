import type { VersionRunner } from '../../serving/VersionRunner';
import type { WorkerProcess } from '../../serving/WorkerProcess';
import { unavailable } from '../GatewayError';
import { whyNotReady } from '../resolve';
import type { InferenceCall } from './InferenceCall';
import type { Admission, Choice, Lease } from './steps';

/** More requests at a time than this wait for nothing good on a single worker. */
const MAX_IN_FLIGHT = 1000;

/** Lets requests through to versions that are ready and not overrun. */
export class RunnerAdmission implements Admission {
  admit(_: InferenceCall, { runner }: Choice): Lease {
    readyWorker(runner);
    if (runner.inFlight >= MAX_IN_FLIGHT) {
      throw unavailable(
        'overloaded',
        `version ${runner.spec.version} has ${MAX_IN_FLIGHT} requests waiting; send fewer at a time`,
      );
    }
    runner.begin();
    return {
      runner,
      worker: () => readyWorker(runner),
      release: () => runner.end(),
    };
  }
}

function readyWorker(runner: VersionRunner): WorkerProcess {
  const { worker } = runner;
  if (!worker) throw unavailable('not-ready', whyNotReady(runner));
  return worker;
}
