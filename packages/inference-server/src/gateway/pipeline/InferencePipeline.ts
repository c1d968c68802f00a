import { GatewayError } from '../GatewayError';
import type { InferenceCall } from './InferenceCall';
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
  async handle(call: InferenceCall): Promise<void> {
    const start = performance.now();
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
    const latencyMs = performance.now() - start;
    const report = { ...known, ...outcome, latencyMs, failure };
    for (const observer of this.#steps.observers) observer.ended(call, report);
  }

  async #run(
    call: InferenceCall,
    known: Pick<CallReport, 'caller' | 'choice'>,
  ): Promise<Outcome> {
    const { identifier, chooser, admission, exchanger } = this.#steps;
    known.caller = await identifier.identify(call);
    known.choice = await chooser.choose(call, known.caller);
    call.body.check();
    const lease = await admission.admit(call, known.choice);
    try {
      return await exchanger.exchange(call, lease);
    } finally {
      lease.release();
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
  const known =
    error instanceof GatewayError
      ? error
      : new GatewayError({
          status: 500,
          failure: 'unexpected',
          message: `the gateway met an unexpected error: ${
            (error as Error).message
          }`,
        });
  const responseBytes = await reply.refuse(known);
  const outcome = { status: known.status, requestBytes, responseBytes };
  return { outcome, failure: known.failure };
}
