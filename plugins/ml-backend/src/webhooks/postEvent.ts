import http from 'node:http';
import https from 'node:https';
import { checkHost, lookupPublic } from './targetAddress';

const TIMEOUT_MS = 10_000;

/**
 * Posts a body and gives the status of the answer. Redirects are not followed,
 * and the answer's body is not read.
 */
export async function postEvent(options: {
  url: string;
  body: string;
  headers: Record<string, string>;
  /** Of a CloudEvent by default. */
  contentType?: string;
  allowPrivateTargets: boolean;
}): Promise<number> {
  const url = new URL(options.url);
  if (!options.allowPrivateTargets) checkHost(url.hostname);
  const { request } = url.protocol === 'https:' ? https : http;
  const bytes = Buffer.from(options.body);
  const deadline = AbortSignal.timeout(TIMEOUT_MS);
  return new Promise((resolve, reject) => {
    const call = request(url, {
      method: 'POST',
      // A connection of its own: one that is kept would skip the check of its address.
      agent: false,
      ...(!options.allowPrivateTargets && { lookup: lookupPublic }),
      signal: deadline,
      headers: {
        ...options.headers,
        'content-type':
          options.contentType ?? 'application/cloudevents+json; charset=utf-8',
        'content-length': bytes.length,
        'user-agent': 'ml-platform-webhooks',
      },
    });
    call.once('response', response => {
      response.on('error', () => {});
      response.resume();
      resolve(response.statusCode!);
    });
    call.on('error', error =>
      reject(
        deadline.aborted
          ? new Error(`There was no answer within ${TIMEOUT_MS / 1000} s`)
          : error,
      ),
    );
    call.end(bytes);
  });
}
