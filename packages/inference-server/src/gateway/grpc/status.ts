import { status } from '@grpc/grpc-js';

const BY_HTTP_STATUS: Record<number, status> = {
  400: status.INVALID_ARGUMENT,
  401: status.UNAUTHENTICATED,
  403: status.PERMISSION_DENIED,
  404: status.NOT_FOUND,
  408: status.DEADLINE_EXCEEDED,
  409: status.ABORTED,
  413: status.RESOURCE_EXHAUSTED,
  415: status.INVALID_ARGUMENT,
  422: status.INVALID_ARGUMENT,
  429: status.RESOURCE_EXHAUSTED,
  499: status.CANCELLED,
  501: status.UNIMPLEMENTED,
  502: status.UNAVAILABLE,
  503: status.UNAVAILABLE,
  504: status.DEADLINE_EXCEEDED,
};

/** The code of gRPC that means what a status of HTTP does. */
export function toGrpcStatus(httpStatus: number): status {
  const known = BY_HTTP_STATUS[httpStatus];
  if (known !== undefined) return known;
  return httpStatus < 500 ? status.FAILED_PRECONDITION : status.INTERNAL;
}
