import { ServiceUnavailableError } from '@backstage/errors';
import type { TriedPrediction } from '@ml-platform/plugin-ml-common';
import { whyNoAnswer } from '../serving/whyNoAnswer';

const TIMEOUT_MS = 30_000;
/** More is not for the eye. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** Sends one request to a gateway, and takes the answer as it comes. */
export async function callGateway(request: {
  url: string;
  requestId: string;
  key?: string;
  body: Buffer;
  fetch: typeof fetch;
}): Promise<TriedPrediction> {
  const { body, key, requestId, url } = request;
  const began = performance.now();
  let response: Response;
  let text: string | undefined;
  try {
    response = await request.fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-request-id': requestId,
        ...(key && { authorization: `Bearer ${key}` }),
      },
      body: new Uint8Array(body),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    text = await readUpTo(response, MAX_ANSWER_BYTES);
  } catch (error) {
    throw new ServiceUnavailableError(
      `The gateway at ${new URL(url).origin} does not answer: ${whyNoAnswer(
        error,
      )}`,
    );
  }
  if (text === undefined) {
    throw new ServiceUnavailableError(
      `The answer is larger than ${MAX_ANSWER_BYTES} bytes; call the gateway itself for it`,
    );
  }
  return {
    status: response.status,
    body: text,
    version: response.headers.get('x-ml-version') ?? undefined,
    requestId,
    latencyMs: Math.round((performance.now() - began) * 10) / 10,
  };
}

/** Undefined when there is more. */
async function readUpTo(
  response: Response,
  limit: number,
): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > limit) {
      await response.body?.cancel().catch(() => {});
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
