import type { Span } from './spansOf';

const KIND = { internal: 1, server: 2, client: 3 };
const STATUS_ERROR = 2;

export type ResourceAttributes = Record<string, string>;

/** A batch of spans as OTLP has it in JSON (`ExportTraceServiceRequest`). */
export function toOtlpJson(
  spans: readonly Span[],
  resource: ResourceAttributes,
  scope: { name: string; version: string },
): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: attributesOf(resource) },
        scopeSpans: [{ scope, spans: spans.map(toJson) }],
      },
    ],
  });
}

function toJson(span: Span) {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    name: span.name,
    kind: KIND[span.kind],
    startTimeUnixNano: nanoseconds(span.startMs),
    endTimeUnixNano: nanoseconds(span.endMs),
    attributes: attributesOf(span.attributes),
    status: span.error && { code: STATUS_ERROR, message: span.error },
  };
}

function attributesOf(values: Span['attributes']) {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key, value: valueOf(value!) }));
}

function valueOf(value: string | number | boolean) {
  switch (typeof value) {
    case 'boolean':
      return { boolValue: value };
    case 'number':
      return Number.isSafeInteger(value)
        ? { intValue: String(value) }
        : { doubleValue: value };
    default:
      return { stringValue: value };
  }
}

/** In a double, microseconds since 1970 are exact and nanoseconds are not. */
function nanoseconds(ms: number): string {
  return `${Math.round(ms * 1000)}000`;
}
