import type { PredictionCapture } from '../capture/PredictionCapture';
import { BodyTap } from '../capture/BodyTap';
import { smallOutputs } from '../capture/smallOutputs';
import type { InferenceCall } from '../gateway/pipeline/InferenceCall';
import type {
  CallObserver,
  CallReport,
  Choice,
} from '../gateway/pipeline/steps';
import type { RequestFacts, RequestObserver } from './RequestFacts';
import { passOn } from './traces/samplers';
import { beginTrace, type Sampler, traceHeaders } from './traces/TraceContext';
import { readWorkerReport } from './workerReport';

/** Answers up to this size are looked into for the log. */
const LOGGED_ANSWER_BYTES = 4 * 1024;
const MAX_MODEL_CHARS = 100;

export interface TelemetryOptions {
  observers: readonly RequestObserver[];
  /** Passes on what the caller decided when not given. */
  sampler?: Sampler;
  capture?: PredictionCapture;
  /** Whether small outputs go to the log. */
  logOutputs?: boolean;
}

/** Notes what happens to a request, and tells log, metrics, traces and capture of it. */
export class Telemetry implements CallObserver {
  readonly #options: TelemetryOptions;
  readonly #sampler: Sampler;

  constructor(options: TelemetryOptions) {
    this.#options = options;
    this.#sampler = options.sampler ?? passOn;
  }

  began({ headers, notes, reply }: InferenceCall): void {
    const { traceparent, tracestate } = headers;
    const trace = beginTrace(
      typeof traceparent === 'string' ? traceparent : undefined,
      typeof tracestate === 'string' ? tracestate : undefined,
      this.#sampler,
    );
    notes.trace = trace;
    Object.assign(notes.workerHeaders, traceHeaders(trace));
    reply.setHeader('x-trace-id', trace.traceId);
  }

  chosen({ notes }: InferenceCall, { runner }: Choice): void {
    const { capture, logOutputs } = this.#options;
    notes.tap =
      capture?.draw(runner.spec, Math.random()) ??
      (logOutputs ? new BodyTap(LOGGED_ANSWER_BYTES, false) : undefined);
  }

  ended(call: InferenceCall, report: CallReport): void {
    const facts = this.#factsOf(call, report);
    for (const observer of this.#options.observers) observer.finished(facts);
    const { tap } = call.notes;
    const spec = report.choice?.runner.spec;
    if (tap?.isWhole && spec) this.#options.capture?.take({ facts, tap, spec });
  }

  #factsOf(call: InferenceCall, report: CallReport): RequestFacts {
    const { notes } = call;
    const { start, sent, answered } = notes;
    const { choice } = report;
    return {
      requestId: call.requestId,
      trace: notes.trace!,
      environment: call.environment,
      transport: call.transport,
      model: call.model.slice(0, MAX_MODEL_CHARS),
      version: choice?.runner.spec.version,
      arm: choice && armOf(call, choice),
      consumer: report.caller?.consumer,
      status: report.status,
      failure: report.failure,
      startedAt: notes.startedAt,
      latencyMs: report.latencyMs,
      queueMs: sent === undefined ? undefined : sent - start,
      workerMs:
        sent === undefined || answered === undefined
          ? undefined
          : answered - sent,
      worker: readWorkerReport(notes.workerTiming, notes.workerShapes),
      requestBytes: report.requestBytes,
      responseBytes: report.responseBytes,
      outputs: this.#outputsOf(call, report),
    };
  }

  #outputsOf(
    { notes: { tap } }: InferenceCall,
    { choice, status }: CallReport,
  ): RequestFacts['outputs'] {
    if (!this.#options.logOutputs || !tap || !choice || status >= 300) {
      return undefined;
    }
    const { outputs } = choice.runner.spec.interface;
    if (tap.response.size > LOGGED_ANSWER_BYTES) return undefined;
    return smallOutputs(tap.response.body(), outputs);
  }
}

/** Which side of a comparison the request was on. */
function armOf({ pin }: InferenceCall, choice: Choice): string {
  const { model, runner } = choice;
  const { version } = runner.spec;
  if (choice.assignment) return choice.assignment.arm;
  if (pin === version) return 'pinned';
  return model.rollout?.isCanary(version) ? 'canary' : 'stable';
}
