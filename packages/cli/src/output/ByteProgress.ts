import { formatBytes, formatDuration } from './format';
import type { Output } from './Output';

const REDRAW = 250;
const WIDTH = 24;
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** Speed is told of this many last seconds, so that it follows the network. */
const WINDOW = 10_000;

export interface ByteProgressOptions {
  output: Output;
  label: string;
  total: number;
  /** Bytes that are done already, from an earlier run. */
  done?: number;
}

/**
 * Progress of bytes: a bar that keeps moving on a terminal, one line at the
 * start and one at the end elsewhere.
 */
export class ByteProgress {
  readonly #options: ByteProgressOptions;
  readonly #timer?: NodeJS.Timeout;
  readonly #samples: Array<{ at: number; bytes: number }> = [];
  #done: number;
  #frame = 0;
  #isStopped = false;

  constructor(options: ByteProgressOptions) {
    this.#options = options;
    this.#done = options.done ?? 0;
    this.#samples.push({ at: Date.now(), bytes: this.#done });
    if (options.output.isInteractive) {
      this.#draw();
      this.#timer = setInterval(() => this.#draw(), REDRAW);
      this.#timer.unref();
    } else {
      const { label, total } = options;
      const from = this.#done
        ? `, ${formatBytes(this.#done)} are there already`
        : '';
      options.output.info(`${label} (${formatBytes(total)}${from})`);
    }
  }

  get done(): number {
    return this.#done;
  }

  /** Counts bytes that are done for good. */
  add(bytes: number): void {
    this.set(this.#done + bytes);
  }

  /** Sets the count, which a server may also take back. */
  set(bytes: number): void {
    this.#done = bytes;
    this.#samples.push({ at: Date.now(), bytes });
    while (
      this.#samples.length > 2 &&
      this.#samples[0].at < Date.now() - WINDOW
    ) {
      this.#samples.shift();
    }
  }

  /** Says something without spoiling the bar. */
  say(message: string): void {
    const { output } = this.#options;
    if (this.#timer) output.stderr.write('\r\u001b[K');
    output.info(message);
  }

  /** Ends with a line that stays. */
  finish(message: string): void {
    this.stop();
    this.#options.output.done(message);
  }

  /** Removes the bar; harmless when done twice. */
  stop(): void {
    if (!this.#timer || this.#isStopped) return;
    this.#isStopped = true;
    clearInterval(this.#timer);
    this.#options.output.stderr.write('\r\u001b[K');
  }

  #draw(): void {
    const { output, label, total } = this.#options;
    const { paintError: paint } = output;
    const share = total === 0 ? 1 : Math.min(this.#done / total, 1);
    const filled = Math.round(share * WIDTH);
    this.#frame += 1;
    const parts = [
      paint('cyan', SPINNER[this.#frame % SPINNER.length]),
      label,
      `${'█'.repeat(filled)}${paint('dim', '░'.repeat(WIDTH - filled))}`,
      `${formatBytes(this.#done)} of ${formatBytes(total)}`,
      this.#speed(),
    ];
    output.stderr.write(`\r${parts.filter(Boolean).join('  ')}\u001b[K`);
  }

  #speed(): string {
    const first = this.#samples[0];
    const seconds = (Date.now() - first.at) / 1000;
    const rate = (this.#done - first.bytes) / seconds;
    if (seconds < 0.5 || rate <= 0) return '';
    const left = ((this.#options.total - this.#done) / rate) * 1000;
    return `${formatBytes(rate)}/s  ${formatDuration(left)} left`;
  }
}
