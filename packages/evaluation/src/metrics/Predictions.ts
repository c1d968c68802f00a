/**
 * What a model told of a data set, beside what is right: columns of numbers,
 * so that a million rows stay small. Classes are numbers into `classes`.
 */
export interface Predictions {
  /** Right answers. */
  labels: Float64Array;
  /** The model's answers. */
  answers: Float64Array;
  /** Absent where answers are quantities. */
  classes?: readonly string[];
  /** Probability of each class, row after row. */
  scores?: Float64Array;
}

/** Numbers of rows, each as often as it counts. */
export type Rows = ArrayLike<number>;

/** All rows, each once. */
export function allRows({ labels }: Predictions): Uint32Array {
  return Uint32Array.from(labels, (_, index) => index);
}
