import { NoRoomError } from '../../serving/WaitingRoom';
import { GatewayError, unavailable } from '../GatewayError';
import { whyNotReady } from '../resolve';
import type { InferenceCall } from './InferenceCall';
import type { Admission, Choice, Lease } from './steps';

/**
 * Lets requests through to replicas that have room. The body is read first:
 * a slow caller holds nothing but its own connection, and a worker only ever
 * gets whole requests.
 */
export class RunnerAdmission implements Admission {
  async admit(call: InferenceCall, { runner }: Choice): Promise<Lease> {
    // One that cannot answer says so before megabytes are sent to it.
    if (runner.state !== 'ready') {
      throw unavailable('not-ready', whyNotReady(runner));
    }
    const gone = new AbortController();
    // An abort makes an error with its stack: nothing for calls that wait no more.
    let waits = true;
    call.reply.onGone(() => {
      if (waits) gone.abort();
    });
    runner.begin();
    try {
      await call.body.read();
      const place = await runner.admit(gone.signal);
      waits = false;
      if (!place) throw unavailable('not-ready', whyNotReady(runner));
      return {
        runner,
        worker: place.worker,
        suspect: () => place.suspect(),
        release: () => {
          place.release();
          runner.end();
        },
      };
    } catch (error) {
      runner.end();
      throw error instanceof NoRoomError
        ? overloaded(runner.spec.version, error)
        : error;
    }
  }
}

function overloaded(version: string, error: NoRoomError): GatewayError {
  return new GatewayError({
    status: 503,
    failure: 'overloaded',
    message: `version ${version} has more requests than it can answer: ${error.message}; send fewer at a time`,
    retryAfter: Math.max(1, Math.ceil(error.retryAfterMs / 1000)),
  });
}
