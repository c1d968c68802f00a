import { asGatewayError } from '../GatewayError';
import { CallNotes } from './CallNotes';
import type { IncomingCall, InferenceCall } from './InferenceCall';
import type { CallReport, Outcome, PipelineSteps } from './steps';

/**
 * What happens to an inference request, the same for every transport: who
 * calls, which version answers, whether there is room, the exchange with a
 * worker, and who is told of it.
 */
export class InferencePipeline {
  readonly #steps: PipelineSteps;

  constructor(steps: PipelineSteps) {
    this.#steps = steps;
  }

  /** Resolves when the answer is out; never rejects. */
  async handle(incoming: IncomingCall): Promise<void> {
    const call = Object.assign(incoming, { notes: new CallNotes() });
    const { observers } = this.#steps;
    for (const observer of observers) observer.began?.(call);
    const known: Pick<CallReport, 'caller' | 'choice'> = {};
    let outcome: Outcome;
    let failure: string | undefined;
    try {
      outcome = await this.#run(call, known);
    } catch (error) {
      ({ outcome, failure } = await refuse(call, error));
    } finally {
      call.body.release?.();
    }
    const latencyMs = performance.now() - call.notes.start;
    const report = { ...known, ...outcome, latencyMs, failure };
    for (const observer of observers) observer.ended(call, report);
  }

  async #run(
    call: InferenceCall,
    known: Pick<CallReport, 'caller' | 'choice'>,
  ): Promise<Outcome> {
    const { identifier, chooser, admission, exchanger, observers } =
      this.#steps;
    known.caller = await identifier.identify(call);
    const leave = known.caller.enter?.();
    try {
      known.choice = await chooser.choose(call, known.caller);
      for (const observer of observers) observer.chosen?.(call, known.choice);
      call.body.check();
      const lease = await admission.admit(call, known.choice);
      try {
        return await exchanger.exchange(call, lease);
      } finally {
        lease.release();
      }
    } finally {
      leave?.();
    }
  }
}

async function refuse(
  { body, reply }: InferenceCall,
  error: unknown,
): Promise<{ outcome: Outcome; failure: string }> {
  const { declaredBytes, receivedBytes } = body;
  const requestBytes = Number.isFinite(declaredBytes)
    ? declaredBytes
    : receivedBytes;
  if (reply.gone) {
    const outcome = { status: 499, requestBytes, responseBytes: 0 };
    return { outcome, failure: 'caller-gone' };
  }
  const known = asGatewayError(error);
  const responseBytes = await reply.refuse(known);
  const outcome = { status: known.status, requestBytes, responseBytes };
  return { outcome, failure: known.failure };
}
