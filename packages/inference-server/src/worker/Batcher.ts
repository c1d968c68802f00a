import { Tensor } from 'onnxruntime-node';

export type Tensors = Record<string, Tensor>;

/** Runs the model once; gives the outputs that were asked for. */
export type RunModel = (feeds: Tensors, outputs: string[]) => Promise<Tensors>;

export interface BatcherOptions {
  run: RunModel;
  /** Rows of one run, at most. */
  maxRows: number;
  /** How long a request may wait for others, at most. */
  maxDelayMs: number;
  /** Told when the model turns out not to keep rows apart. */
  onMisfit(reason: string): void;
}

interface Job {
  feeds: Tensors;
  outputs: string[];
  rows: number;
  signal: AbortSignal;
  resolve(outputs: Tensors): void;
  reject(error: unknown): void;
}

/** Requests that may go into one run: their tensors differ in the first dimension only. */
interface Queue {
  jobs: Job[];
  rows: number;
  timer: NodeJS.Timeout;
}

/**
 * Puts requests that come close together into one run of the model, row upon
 * row, and cuts its outputs apart again.
 *
 * A request owns a range of rows that follows from its place in the list of
 * jobs alone; inputs are stacked and outputs are cut by walking that same list.
 * Nothing is kept between runs, so no request can get what belongs to another.
 *
 * Requests whose inputs have different numbers of rows, or none, or more than
 * a batch holds, run alone. So does each request of a batch that failed: the
 * error of one is not that of the others. A model that does not give one row
 * for each row is found out by the shape of its outputs; from then on every
 * request runs alone.
 */
export class Batcher {
  readonly #options: BatcherOptions;
  readonly #queues = new Map<string, Queue>();
  #fits = true;

  constructor(options: BatcherOptions) {
    this.#options = options;
  }

  /** As {@link RunModel}; rejects when `signal` aborts before the run began. */
  run(
    feeds: Tensors,
    outputs: string[],
    signal: AbortSignal,
  ): Promise<Tensors> {
    const rows = rowsOf(feeds);
    if (!this.#fits || !rows || rows >= this.#options.maxRows) {
      return this.#options.run(feeds, outputs);
    }
    return new Promise((resolve, reject) => {
      this.#add({ feeds, outputs, rows, signal, resolve, reject });
    });
  }

  #add(job: Job): void {
    const { maxRows, maxDelayMs } = this.#options;
    const key = keyOf(job.feeds);
    const waiting = this.#queues.get(key);
    if (waiting && waiting.rows + job.rows > maxRows) this.#flush(key);
    let queue = this.#queues.get(key);
    if (!queue) {
      const timer = setTimeout(() => this.#flush(key), maxDelayMs);
      queue = { jobs: [], rows: 0, timer };
      this.#queues.set(key, queue);
    }
    queue.jobs.push(job);
    queue.rows += job.rows;
    if (queue.rows === maxRows) this.#flush(key);
  }

  #flush(key: string): void {
    const queue = this.#queues.get(key);
    if (!queue) return;
    this.#queues.delete(key);
    clearTimeout(queue.timer);
    const jobs = queue.jobs.filter(({ signal, reject }) => {
      if (signal.aborted) reject(signal.reason);
      return !signal.aborted;
    });
    if (jobs.length > 1) this.#runTogether(jobs);
    else if (jobs.length) this.#runAlone(jobs[0]);
  }

  async #runTogether(jobs: Job[]): Promise<void> {
    const { run, onMisfit } = this.#options;
    const names = [...new Set(jobs.flatMap(({ outputs }) => outputs))];
    const rows = jobs.reduce((sum, job) => sum + job.rows, 0);
    let results: Tensors;
    try {
      results = await run(stack(jobs, rows), names);
    } catch {
      for (const job of jobs) this.#runAlone(job);
      return;
    }
    const misfit = names.find(name => results[name].dims[0] !== rows);
    if (misfit !== undefined) {
      if (this.#fits) {
        onMisfit(
          `output '${misfit}' has the shape [${results[misfit].dims.join(
            ', ',
          )}] for ${rows} rows`,
        );
      }
      this.#fits = false;
      for (const job of jobs) this.#runAlone(job);
      return;
    }
    let from = 0;
    for (const job of jobs) {
      job.resolve(cutAll(results, job.outputs, { from, rows: job.rows }));
      from += job.rows;
    }
  }

  #runAlone({ feeds, outputs, resolve, reject }: Job): void {
    this.#options.run(feeds, outputs).then(resolve, reject);
  }
}

/** How many rows all tensors have; undefined when they differ. */
function rowsOf(feeds: Tensors): number | undefined {
  const [first, ...others] = Object.values(feeds).map(({ dims }) => dims[0]);
  return others.every(rows => rows === first) ? first : undefined;
}

function keyOf(feeds: Tensors): string {
  return Object.keys(feeds)
    .sort()
    .map(name => feeds[name].dims.slice(1).join('x'))
    .join(',');
}

function stack(jobs: Job[], rows: number): Tensors {
  const names = Object.keys(jobs[0].feeds);
  return Object.fromEntries(
    names.map(name => {
      const parts = jobs.map(({ feeds }) => feeds[name]);
      const [{ type, dims }] = parts;
      const data = concatenate(parts.map(part => part.data));
      return [name, new Tensor(type, data, [rows, ...dims.slice(1)])];
    }),
  );
}

function concatenate(parts: Tensor.DataType[]): Tensor.DataType {
  const [first] = parts;
  if (Array.isArray(first)) return (parts as string[][]).flat();
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const Type = first.constructor as new (length: number) => Float32Array;
  const whole = new Type(length);
  let at = 0;
  for (const part of parts as Float32Array[]) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function cutAll(
  results: Tensors,
  names: string[],
  { from, rows }: { from: number; rows: number },
): Tensors {
  return Object.fromEntries(
    names.map(name => [name, cut(results[name], from, from + rows)]),
  );
}

function cut({ type, data, dims }: Tensor, from: number, to: number): Tensor {
  const width = dims.slice(1).reduce((product, size) => product * size, 1);
  const range = [from * width, to * width] as const;
  const part = Array.isArray(data)
    ? data.slice(...range)
    : (data as Float32Array).subarray(...range);
  return new Tensor(type, part, [to - from, ...dims.slice(1)]);
}
