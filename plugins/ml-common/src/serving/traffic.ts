/** What became of requests, and how long their answers took. @public */
export interface TrafficFigures {
  requests: number;
  /** Answers with a status of 500 and above: the platform's or the model's fault. */
  errors: number;
  /** Answers with a status of 400 to 499: the caller's fault, or a caller that hung up. */
  rejected: number;
  /** Milliseconds, good to 5 %; absent without requests. */
  p50Ms?: number;
  p95Ms?: number;
  p99Ms?: number;
}

/**
 * Traffic of the last day, of one model in one environment, as the data plane
 * counted it. A server that is killed loses what it counted in its last seconds.
 * @public
 */
export interface TrafficReport {
  /** ISO 8601. */
  from: string;
  to: string;
  total: TrafficFigures;
  /** Each version that answered or should have; the newest number first. */
  versions: (TrafficFigures & { version: string })[];
  intervalSeconds: number;
  /** Those in which there were requests, in their order. */
  intervals: (TrafficFigures & {
    /** ISO 8601. */
    start: string;
  })[];
}
