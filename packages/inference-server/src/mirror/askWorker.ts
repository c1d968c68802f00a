import type { VersionRunner } from '../serving/VersionRunner';

export interface WorkerAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** Larger answers are given up on: nobody waits for them. */
export const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * Asks a version something for nobody: neither its counts nor anyone's request
 * are touched. Rejects when it does not answer.
 */
export async function askWorker(
  runner: VersionRunner | undefined,
  request: {
    body: Buffer | string;
    headers?: Record<string, string>;
    timeoutMs: number;
  },
): Promise<WorkerAnswer> {
  const signal = AbortSignal.timeout(request.timeoutMs);
  const place = await runner?.admit(signal);
  if (!runner || !place) throw new Error('it is not ready');
  runner.begin();
  try {
    const { worker } = place;
    const { headers = {} } = request;
    const answer = await worker.pool.request({
      method: 'POST',
      path: worker.inferPath,
      body: worker.prepare(Buffer.from(request.body), headers),
      headers: worker.isPlain
        ? { 'content-type': 'application/json' }
        : headers,
      signal,
    });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer.body) {
      size += chunk.length;
      if (size > MAX_ANSWER_BYTES) throw new Error('its answer is too large');
      chunks.push(chunk);
    }
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: Buffer.concat(chunks),
    };
  } finally {
    place.release();
    runner.end();
  }
}
