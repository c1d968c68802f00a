import type { EventEmitter } from 'node:events';

/** The next message that fits, with what came along; several may come in one tick. */
export function nextMessage<T>(
  source: EventEmitter,
  fits: (message: T) => boolean,
  signal?: AbortSignal,
): Promise<{ message: T; handle: unknown }> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: T, handle: unknown) => {
      if (!fits(message)) return;
      source.off('message', onMessage);
      resolve({ message, handle });
    };
    source.on('message', onMessage);
    signal?.addEventListener('abort', () => {
      source.off('message', onMessage);
      reject(signal.reason);
    });
  });
}
