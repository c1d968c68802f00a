import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { PROTO } from './messages';

/** A service of `proto/` in the form that gRPC takes; all its methods take one message and give one. */
export function serviceDefinition(name: string): ServiceDefinition {
  const service = PROTO.lookupService(name);
  const methods = service.methodsArray.map(method => {
    const request = PROTO.lookupType(method.resolvedRequestType!.fullName);
    const response = PROTO.lookupType(method.resolvedResponseType!.fullName);
    const definition: MethodDefinition<object, object> = {
      path: `/${name}/${method.name}`,
      requestStream: false,
      responseStream: false,
      requestSerialize: value => request.encode(value).finish() as Buffer,
      requestDeserialize: bytes => request.decode(bytes),
      responseSerialize: value => response.encode(value).finish() as Buffer,
      responseDeserialize: bytes => response.decode(bytes),
    };
    return [method.name, definition];
  });
  return Object.fromEntries(methods);
}
