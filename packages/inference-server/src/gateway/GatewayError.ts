/** An answer of the gateway itself, in place of a worker's. */
export class GatewayError extends Error {
  readonly status: number;
  /** A short code for the log. */
  readonly failure: string;
  /** Seconds after which asking again makes sense. */
  readonly retryAfter: number | undefined;

  constructor(options: {
    status: number;
    failure: string;
    message: string;
    retryAfter?: number;
  }) {
    super(options.message);
    this.status = options.status;
    this.failure = options.failure;
    this.retryAfter = options.retryAfter;
  }
}

export function notFound(message: string): GatewayError {
  return new GatewayError({ status: 404, failure: 'not-found', message });
}

/** The request does not fit the protocol or the model. */
export function refused(message: string, status = 400): GatewayError {
  return new GatewayError({ status, failure: 'refused', message });
}

export function unavailable(failure: string, message: string): GatewayError {
  return new GatewayError({ status: 503, failure, message, retryAfter: 1 });
}
