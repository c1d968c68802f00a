import type { BatchReporter } from '@ml-platform/batch';
import { ByteProgress } from '../../output/ByteProgress';
import { formatDuration, plural } from '../../output/format';
import type { Output } from '../../output/Output';

/** How often a log gets a line. */
const LINE_MS = 15_000;
/** How often a reason is repeated that keeps the run waiting. */
const BUSY_MS = 10_000;

/** Shows on the terminal, or in a log, how far a run is. */
export function batchReporter(
  output: Output,
  model: string,
): BatchReporter & { end(message: string): void; stop(): void } {
  let progress: ByteProgress | undefined;
  let size = 0;
  let lastLine = Date.now();
  let lastBusy = 0;
  let first: { at: number; position: number } | undefined;
  return {
    begin(run) {
      size = run.size;
      if (run.rowsBefore) {
        output.info(`Going on after row ${run.rowsBefore}`);
      }
      progress = new ByteProgress({
        output,
        label: `Predicting with ${model}@${run.version}`,
        total: size,
      });
    },
    progress({ rows, rejected, position }) {
      const now = Date.now();
      first ??= { at: now, position };
      progress?.set(position);
      if (output.isInteractive || now - lastLine < LINE_MS) return;
      lastLine = now;
      const speed = (position - first.position) / (now - first.at);
      const left = speed > 0 ? formatDuration((size - position) / speed) : '?';
      const share = Math.floor((position / (size || 1)) * 100);
      output.info(
        `${plural(
          rows,
          'row',
        )} done, ${rejected} rejected, ${share} %, about ${left} left`,
      );
    },
    busy(reason) {
      if (Date.now() - lastBusy < BUSY_MS) return;
      lastBusy = Date.now();
      progress?.say(`Waiting: ${reason}`);
    },
    end: message => progress?.finish(message),
    stop: () => progress?.stop(),
  };
}
