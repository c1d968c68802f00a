import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** How long somebody who lost a right goes on reading, at the most. */
const ASK_EVERY_MS = 2_000;
/** So many questions in a row may fail before nobody is known to be allowed. */
const MOST_FAILURES = 3;

/**
 * Sends a stream for as long as its reader may have it: what was revoked ends
 * within seconds, also in the middle of a large file.
 * @throws what `toError` gives when the right was lost
 */
export async function sendWhileAllowed(
  source: Readable,
  target: Writable,
  options: { mayStill: () => Promise<boolean>; toError: () => Error },
): Promise<void> {
  const { mayStill, toError } = options;
  const lost = new AbortController();
  let asking = false;
  let failures = 0;
  const timer = setInterval(async () => {
    if (asking) return;
    asking = true;
    try {
      if (!(await mayStill())) lost.abort();
      failures = 0;
    } catch {
      failures++;
      if (failures >= MOST_FAILURES) lost.abort();
    } finally {
      asking = false;
    }
  }, ASK_EVERY_MS);
  try {
    await pipeline(source, target, { signal: lost.signal });
  } catch (error) {
    throw lost.signal.aborted ? toError() : error;
  } finally {
    clearInterval(timer);
  }
}
