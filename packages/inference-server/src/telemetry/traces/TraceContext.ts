import { randomFillSync } from 'node:crypto';

/** Where a request stands in a distributed trace (W3C Trace Context). */
export interface TraceContext {
  traceId: string;
  /** The gateway's own span. */
  spanId: string;
  /** The caller's span; absent when the trace begins here. */
  parentSpanId?: string;
  /** The span that stands for the worker, made when the request goes there. */
  workerSpanId: string;
  /** Whether spans of it are recorded. */
  sampled: boolean;
  /** The caller's `tracestate`, passed on as it came. */
  state?: string;
}

/** Decides on traces that begin here, and on those whose caller left it open. */
export type Sampler = (traceId: string, parentSampled?: boolean) => boolean;

const TRACEPARENT =
  /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);
/** Of `tracestate`; the standard asks for 512 to be passed on at the least. */
const MAX_STATE_CHARS = 2048;

/** Takes the caller's trace up, or begins one. What is malformed begins a new one, as the standard has it. */
export function beginTrace(
  traceparent: string | undefined,
  tracestate: string | undefined,
  sampler: Sampler,
): TraceContext {
  const spanId = randomHex(8);
  const workerSpanId = randomHex(8);
  const parent = traceparent ? parseTraceparent(traceparent) : undefined;
  if (!parent) {
    const traceId = randomHex(16);
    return { traceId, spanId, workerSpanId, sampled: sampler(traceId) };
  }
  return {
    traceId: parent.traceId,
    spanId,
    workerSpanId,
    parentSpanId: parent.spanId,
    sampled: sampler(parent.traceId, parent.sampled),
    state:
      tracestate && tracestate.length <= MAX_STATE_CHARS
        ? tracestate
        : undefined,
  };
}

/** The headers that carry the trace to the worker. */
export function traceHeaders(trace: TraceContext): Record<string, string> {
  const flags = trace.sampled ? '01' : '00';
  const traceparent = `00-${trace.traceId}-${trace.workerSpanId}-${flags}`;
  return trace.state
    ? { traceparent, tracestate: trace.state }
    : { traceparent };
}

function parseTraceparent(
  text: string,
): { traceId: string; spanId: string; sampled: boolean } | undefined {
  const match = TRACEPARENT.exec(text);
  if (!match) return undefined;
  const [, version, traceId, spanId, flags, more] = match;
  if (version === 'ff' || (version === '00' && more)) return undefined;
  if (traceId === NO_TRACE || spanId === NO_SPAN) return undefined;
  // eslint-disable-next-line no-bitwise
  return { traceId, spanId, sampled: (parseInt(flags, 16) & 1) === 1 };
}

const pool = Buffer.alloc(4096);
let used = pool.length;

/** Random bytes in hexadecimal, never all zero; drawn in bulk, for one draw costs as much as a thousand. */
export function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const text = pool.toString('hex', used, used + bytes);
  used += bytes;
  return /[^0]/.test(text) ? text : randomHex(bytes);
}
