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

export function tooLarge(what: string): GatewayError {
  return new GatewayError({
    status: 413,
    failure: 'too-large',
    message: `${what}; send fewer rows at a time`,
  });
}

export function unavailable(failure: string, message: string): GatewayError {
  return new GatewayError({ status: 503, failure, message, retryAfter: 1 });
}

/** What is no answer of the gateway's own making is still answered: nothing that one request meets may end the server. */
export function asGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  return new GatewayError({
    status: 500,
    failure: 'unexpected',
    message: `the gateway met an unexpected error: ${(error as Error).message}`,
  });
}
