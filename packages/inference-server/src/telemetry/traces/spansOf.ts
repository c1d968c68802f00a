import type { RequestFacts } from '../RequestFacts';
import { randomHex } from './TraceContext';

type Value = string | number | boolean;

/** One span, with times in milliseconds since 1970. */
export interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: 'internal' | 'server' | 'client';
  startMs: number;
  endMs: number;
  attributes: Record<string, Value | undefined>;
  /** What went wrong; absent when nothing did. */
  error?: string;
}

/**
 * The spans of a request that is over. They are made afterwards from its
 * facts, so that a request which is not sampled costs nothing.
 */
export function spansOf(facts: RequestFacts): Span[] {
  const { trace, startedAt, latencyMs, queueMs, workerMs, status } = facts;
  const { traceId } = trace;
  const endMs = startedAt + latencyMs;
  const spans: Span[] = [
    {
      traceId,
      spanId: trace.spanId,
      parentSpanId: trace.parentSpanId,
      name: 'gateway.request',
      kind: 'server',
      startMs: startedAt,
      endMs,
      attributes: requestAttributes(facts),
      error: status >= 500 ? facts.failure ?? `status ${status}` : undefined,
    },
  ];
  if (queueMs === undefined) return spans;
  const sentMs = startedAt + queueMs;
  spans.push({
    traceId,
    spanId: randomHex(8),
    parentSpanId: trace.spanId,
    name: 'gateway.queue',
    kind: 'internal',
    startMs: startedAt,
    endMs: sentMs,
    attributes: {},
  });
  spans.push({
    traceId,
    spanId: trace.workerSpanId,
    parentSpanId: trace.spanId,
    name: 'worker.infer',
    kind: 'client',
    startMs: sentMs,
    endMs: workerMs === undefined ? endMs : sentMs + workerMs,
    attributes: { 'ml.model.version': facts.version },
    error: status >= 500 ? facts.failure ?? `status ${status}` : undefined,
  });
  if (facts.worker && workerMs !== undefined) {
    spans.push(...stageSpans(facts, sentMs, workerMs));
  }
  return spans;
}

/**
 * What the worker did, one after the other. It tells durations only (its clock
 * is its own), so the stages stand in the middle of the time it had.
 */
function stageSpans(
  { trace, worker }: RequestFacts,
  sentMs: number,
  workerMs: number,
): Span[] {
  const { stages } = worker!;
  const sum = stages.reduce((total, { ms }) => total + ms, 0);
  let at = sentMs + Math.max(0, (workerMs - sum) / 2);
  return stages.map(({ name, ms }) => {
    const startMs = at;
    at += ms;
    return {
      traceId: trace.traceId,
      spanId: randomHex(8),
      parentSpanId: trace.workerSpanId,
      name: `worker.${name}`,
      kind: 'internal' as const,
      startMs,
      endMs: at,
      attributes: {},
    };
  });
}

function requestAttributes(facts: RequestFacts): Span['attributes'] {
  return {
    'ml.environment': facts.environment,
    'ml.model.name': facts.model,
    'ml.model.version': facts.version,
    'ml.arm': facts.arm,
    'ml.consumer': facts.consumer,
    'ml.transport': facts.transport,
    'ml.request.id': facts.requestId,
    'ml.failure': facts.failure,
    'http.response.status_code': facts.status,
    'http.request.body.size': facts.requestBytes,
    'http.response.body.size': facts.responseBytes,
  };
}
