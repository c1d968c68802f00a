import type { BodyTap } from '../../capture/BodyTap';
import type { TraceContext } from '../../telemetry/traces/TraceContext';

/** What is noted of a request on its way, for those who are told of it when it is over. */
export class CallNotes {
  /** Milliseconds since 1970. */
  readonly startedAt = Date.now();
  /** By the monotonic clock, as the times below. */
  readonly start = performance.now();
  trace?: TraceContext;
  /** Copies the bodies, when somebody wants to read them afterwards. */
  tap?: BodyTap;
  /** Headers that go to the worker with the request. */
  workerHeaders: Record<string, string> = {};
  /** When the request went to a worker. */
  sent?: number;
  /** When the worker's answer was complete. */
  answered?: number;
  /** What the worker says of its work, as its headers have it. */
  workerTiming?: string;
  workerShapes?: string;
}
