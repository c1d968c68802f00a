import type { ServerResponse } from 'node:http';

/** Hangs up on a caller that has fetched nothing of its answer for so long. */
export function cutStalled(response: ServerResponse, stallMs: number): void {
  const { socket } = response;
  if (!socket) return;
  let fetched = sentBytes();
  const timer = setInterval(() => {
    const now = sentBytes();
    if (now === fetched) response.destroy();
    fetched = now;
  }, stallMs);
  timer.unref();
  response.once('close', () => clearInterval(timer));

  /** What the operating system has taken over so far. */
  function sentBytes(): number {
    return socket!.bytesWritten - socket!.writableLength;
  }
}
