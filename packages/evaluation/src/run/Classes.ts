import { ToolError } from '@ml-platform/packaging';

const MAX_CLASSES = 1_000;

/** One spelling for each class: `1`, `1.0` and the number 1 are the same. */
export function classKey(value: unknown): string {
  const text = String(value);
  return text.trim() !== '' && Number.isFinite(Number(text))
    ? String(Number(text))
    : text;
}

/** Gives classes their numbers. */
export class Classes {
  readonly #numbers = new Map<string, number>();
  readonly #isFixed: boolean;

  constructor(known: readonly unknown[] | undefined) {
    this.#isFixed = known !== undefined;
    for (const value of known ?? []) this.#add(classKey(value));
  }

  numberOf(value: unknown): number {
    const key = classKey(value);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#isFixed) {
      throw new ToolError({
        code: 'UNKNOWN_CLASS',
        message: `the class '${key}' is none of label.classes (${[
          ...this.#numbers.keys(),
        ].join(', ')})`,
      });
    }
    return this.#add(key);
  }

  /** The classes in order, and for each number its place in it. */
  ordered(): { classes: string[]; places: number[] } {
    const keys = [...this.#numbers.keys()];
    const isNumeric = keys.every(key => Number.isFinite(Number(key)));
    const compare = isNumeric
      ? (a: string, b: string) => Number(a) - Number(b)
      : (a: string, b: string) => Number(a > b) - Number(a < b);
    const classes = this.#isFixed ? keys : [...keys].sort(compare);
    return { classes, places: keys.map(key => classes.indexOf(key)) };
  }

  #add(key: string): number {
    if (this.#numbers.size === MAX_CLASSES) {
      throw new ToolError({
        code: 'TOO_MANY_CLASSES',
        message: `there are more than ${MAX_CLASSES} classes; is the label a quantity? Then use rmse, mae or r2`,
      });
    }
    const number = this.#numbers.size;
    this.#numbers.set(key, number);
    return number;
  }
}
