const SIZE = 20_000;
const MAX_CATEGORIES = 1_000;

/**
 * What is kept of a column to compare its distribution: numbers as a sample
 * in which each row is as likely as any other, all else as counts.
 *
 * Source: Vitter: Random Sampling with a Reservoir, 1985, algorithm R.
 */
export class ColumnSample {
  readonly #numbers: number[] = [];
  readonly #counts = new Map<string, number>();
  #seen = 0;
  #state = 1;
  #hasTooMany = false;

  add(value: number | string | boolean): void {
    this.#seen += 1;
    if (typeof value !== 'number') {
      this.#count(String(value));
    } else if (this.#numbers.length < SIZE) {
      this.#numbers.push(value);
    } else {
      const place = Math.floor(this.#random() * this.#seen);
      if (place < SIZE) this.#numbers[place] = value;
    }
  }

  get numbers(): Float64Array {
    return Float64Array.from(this.#numbers);
  }

  /** By value; undefined where there are too many different ones to compare. */
  get counts(): ReadonlyMap<string, number> | undefined {
    return this.#hasTooMany ? undefined : this.#counts;
  }

  #count(value: string): void {
    const before = this.#counts.get(value);
    if (before === undefined && this.#counts.size === MAX_CATEGORIES) {
      this.#hasTooMany = true;
      return;
    }
    this.#counts.set(value, (before ?? 0) + 1);
  }

  /** The same on every machine: linear congruential, constants of Numerical Recipes. */
  #random(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  }
}
