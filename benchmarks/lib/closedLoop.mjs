// The load of benchmarks that send JSON over REST alone.
import { HttpConnection, httpRequest } from './load/HttpConnection.mjs';
import { saturate } from './load/loops.mjs';
import { summarize as measuresOf } from './serving/measures.mjs';

/** Sends the same POST over and over on each connection, the next when the last is answered. */
export async function closedLoop({
  url,
  body,
  connections,
  seconds,
  headers = {},
}) {
  const { hostname, pathname, port } = new URL(url);
  const request = httpRequest({
    path: pathname,
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  const open = () => new HttpConnection({ host: hostname, port: Number(port) });
  return saturate({ open, request, connections, seconds });
}

/** Percentiles in milliseconds and the rate, as text. */
export function summarize(result) {
  const { errors, p50, p95, p99, perSecond } = measuresOf(result);
  return {
    p50: p50.toFixed(3),
    p95: p95.toFixed(3),
    p99: p99.toFixed(3),
    perSecond: Math.round(perSecond),
    errors,
  };
}
