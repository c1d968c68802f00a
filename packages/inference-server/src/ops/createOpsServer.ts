import type { Server, ServerResponse } from 'node:http';
import { createWebServer, type TlsFiles } from '../http/TlsFiles';
import type { Metrics } from '../telemetry/metrics/Metrics';
import type { Health } from './HealthReport';

/** The operators' listener: metrics and health, for those who reach its address. */
export function createOpsServer(options: {
  metrics: Metrics;
  health: Health;
  tls?: TlsFiles;
}): Server {
  const { metrics, health, tls } = options;
  return createWebServer(tls, {}, async (request, response) => {
    // What is asked with a body gets its answer all the same.
    request.resume();
    const [path] = (request.url ?? '/').split('?', 1);
    if (request.method !== 'GET') {
      response.setHeader('allow', 'GET');
      sendJson(response, 405, { error: 'this listener takes GET only' });
      return;
    }
    switch (path) {
      case '/metrics':
        await sendMetrics(response, metrics);
        break;
      case '/health/live':
        sendJson(response, 200, { live: true });
        break;
      case '/health/ready': {
        const { restored } = health.report();
        sendJson(response, restored ? 200 : 503, { ready: restored });
        break;
      }
      case '/health':
        sendJson(response, 200, health.report());
        break;
      default:
        sendJson(response, 404, {
          error: 'see /metrics, /health, /health/live and /health/ready',
        });
    }
  });
}

/** Answers with all metrics, in Prometheus' text format. */
export async function sendMetrics(
  response: ServerResponse,
  metrics: Metrics,
): Promise<void> {
  const text = await metrics.text();
  response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
): void {
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify(body));
}
