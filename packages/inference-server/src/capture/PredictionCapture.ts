import type { ServedVersion } from '@ml-platform/plugin-ml-common';
import type { Logger } from '../log/Logger';
import { RotatingFile } from '../log/RotatingFile';
import type { RequestFacts } from '../telemetry/RequestFacts';
import { BodyTap } from './BodyTap';
import { captureRecord } from './captureRecord';
import { PersonalValues } from './PersonalValues';

/** Larger bodies are captured without their tensors. */
const MAX_BODY_BYTES = 256 * 1024;
/** What may wait to be written down; more is dropped and counted. */
const MAX_WAITING = 256;
/** The disk space is shared by so many files, the oldest of which goes. */
const FILES = 8;

/** @public */
export interface CaptureOptions {
  /** Percentage of the predictions of a model whose package says nothing of it. */
  percent: number;
  /** Most that a package may ask for. */
  maxPercent: number;
  /** Disk space for captured predictions. */
  maxBytes: number;
  /** Makes tokens of personal values; they are left out without it. */
  personalKey?: string;
}

interface Waiting {
  facts: RequestFacts;
  tap: BodyTap;
  spec: ServedVersion;
}

/**
 * Writes a sample of the predictions down, for monitoring. It copies what
 * passes anyway and reads it when the answer is out.
 */
export class PredictionCapture {
  static open(
    options: CaptureOptions & { folder: string; logger: Logger },
  ): PredictionCapture {
    const { folder, maxBytes, logger } = options;
    const file = new RotatingFile({
      folder,
      name: 'predictions.jsonl',
      maxBytes: Math.ceil(maxBytes / FILES),
      keep: FILES - 1,
      onError: error =>
        logger.error('Predictions cannot be captured; records are lost', {
          reason: error.message,
        }),
      gapLine: lost =>
        JSON.stringify({ time: new Date().toISOString(), lostRecords: lost }),
    });
    return new PredictionCapture(options, file);
  }

  readonly #options: CaptureOptions;
  readonly #file: RotatingFile;
  readonly #personal: PersonalValues;
  #waiting: Waiting[] = [];
  #captured = 0;
  #dropped = 0;

  private constructor(options: CaptureOptions, file: RotatingFile) {
    this.#options = options;
    this.#file = file;
    this.#personal = new PersonalValues(options.personalKey);
  }

  get captured(): number {
    return this.#captured;
  }

  /** Records lost: there were too many, or the disk did not take them. */
  get dropped(): number {
    return this.#dropped + this.#file.dropped;
  }

  /** A tap for a request that was drawn; undefined for the others. `random` is from [0, 1). */
  draw(spec: ServedVersion, random: number): BodyTap | undefined {
    const { percent, maxPercent } = this.#options;
    const wanted = spec.monitoring?.capture?.percent ?? percent;
    return random * 100 < Math.min(wanted, maxPercent)
      ? new BodyTap(MAX_BODY_BYTES, true)
      : undefined;
  }

  take(waiting: Waiting): void {
    // What a model refused or did not answer is no prediction.
    if (waiting.facts.status >= 300) return;
    if (this.#waiting.length >= MAX_WAITING) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(waiting);
    if (this.#waiting.length === 1) setImmediate(() => this.#writeNext());
  }

  async close(): Promise<void> {
    while (this.#waiting.length) this.#write(this.#waiting.shift()!);
    await this.#file.close();
  }

  /** One at a time, so that requests get their turn between. */
  #writeNext(): void {
    const next = this.#waiting.shift();
    if (!next) return;
    this.#write(next);
    if (this.#waiting.length) setImmediate(() => this.#writeNext());
  }

  #write({ facts, tap, spec }: Waiting): void {
    const record = captureRecord(facts, tap, {
      interface: spec.interface,
      personal: this.#personal,
    });
    this.#file.writeLine(JSON.stringify(record));
    this.#captured += 1;
  }
}
