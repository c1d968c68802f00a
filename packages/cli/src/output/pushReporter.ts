import type { PushReporter } from '@ml-platform/packaging';
import { ByteProgress } from './ByteProgress';
import type { Output } from './Output';

/** Shows on the terminal how far a push is. */
export function pushReporter(output: Output): PushReporter {
  return {
    info: message => output.info(message),
    done: message => output.done(message),
    progress: options => new ByteProgress({ ...options, output }),
  };
}
