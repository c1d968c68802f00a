import type { LoggerService } from '@backstage/backend-plugin-api';
import { formatBytes, type PushReporter } from '@ml-platform/packaging';

/** A line in the task's log for each of so many parts of an upload. */
const PARTS = 10;

/** Tells the log of a task how far a push is. */
export function logReporter(logger: LoggerService): PushReporter {
  return {
    info: message => logger.info(message),
    done: message => logger.info(message),
    progress({ label, total }) {
      logger.info(`${label} (${formatBytes(total)})`);
      let told = 0;
      return {
        set(bytes) {
          const part = Math.floor((bytes / Math.max(total, 1)) * PARTS);
          if (part <= told || part >= PARTS) return;
          told = part;
          logger.info(`${formatBytes(bytes)} of ${formatBytes(total)}`);
        },
        say: message => logger.info(message),
        stop: () => {},
      };
    },
  };
}
