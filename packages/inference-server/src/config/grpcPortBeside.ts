/**
 * Where gRPC listens when nothing is said: 100 above the port of REST, so that
 * whoever moves the one moves the other. Any free one beside any free one.
 */
export function grpcPortBeside(port: number): number {
  return port === 0 ? 0 : port + 100;
}
