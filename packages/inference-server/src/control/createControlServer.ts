import { AuthenticationError } from '@backstage/errors';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createWebServer, type TlsFiles } from '../http/TlsFiles';
import { discardBody, readBody } from '../http/readBody';
import type { Logger } from '../log/Logger';
import { sendMetrics } from '../ops/createOpsServer';
import type { Metrics } from '../telemetry/metrics/Metrics';
import { checkToken } from './checkToken';
import type { ControlAnswer, ControlApi } from './ControlApi';
import { toErrorResponse } from './errors';

/** Descriptions of versions are small; an interface of thousands of tensors still fits. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** The control API's listener: token, body, answer. */
export function createControlServer(options: {
  api: ControlApi;
  token: string;
  logger: Logger;
  metrics: Metrics;
  tls?: TlsFiles;
}): Server {
  const { api, token, logger, metrics, tls } = options;
  return createWebServer(tls, {}, async (request, response) => {
    const method = request.method ?? 'GET';
    const url = request.url ?? '/';
    try {
      checkCaller(request);
      if (method === 'GET' && url === '/metrics') {
        await sendMetrics(response, metrics);
      } else {
        send(response, await answer(request, method, url));
      }
    } catch (error) {
      const { status, body } = toErrorResponse(error, { method, url });
      if (status === 500) {
        logger.error('A control call failed', {
          method,
          url,
          reason: (error as Error).message,
        });
      }
      await discardBody(request, response);
      send(response, { status, body });
    }
  });

  function checkCaller(request: IncomingMessage): void {
    if (!checkToken(request.headers.authorization, token)) {
      throw new AuthenticationError(
        'the control API needs "Authorization: Bearer <ML_CONTROL_TOKEN>"',
      );
    }
  }

  async function answer(
    request: IncomingMessage,
    method: string,
    url: string,
  ): Promise<ControlAnswer> {
    const body = await readBody(request, MAX_BODY_BYTES);
    return api.handle(method, url.split('?')[0], body);
  }
}

function send(response: ServerResponse, { status, body }: ControlAnswer): void {
  if (body === undefined) {
    response.writeHead(status).end();
    return;
  }
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify(body));
}
