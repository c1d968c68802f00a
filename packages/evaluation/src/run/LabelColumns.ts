import { ToolError } from '@ml-platform/packaging';
import type { Predictions } from '../metrics/Predictions';
import { Classes } from './Classes';
import type { Dataset, DatasetNeeds } from './datasetNeeds';
import { NumberColumn } from './NumberColumn';
import type { RowAnswers } from './RowAnswers';

/** Numbers kept of a data set, at 8 bytes each. */
const MAX_NUMBERS = 16_000_000;

type Label = NonNullable<Dataset['label']>;

/** Right answers and told ones of a data set, as they come. */
export class LabelColumns {
  readonly #label: Label;
  readonly #needs: DatasetNeeds;
  readonly #classes: Classes;
  readonly #rights = new NumberColumn();
  readonly #tolds = new NumberColumn();
  readonly #rightQuantities = new NumberColumn();
  readonly #toldQuantities = new NumberColumn();
  readonly #scores = new NumberColumn();
  #width = 0;

  constructor(label: Label, needs: DatasetNeeds) {
    this.#label = label;
    this.#needs = needs;
    this.#classes = new Classes(label.classes);
  }

  add(
    values: Record<string, unknown>,
    answers: RowAnswers,
    index: number,
  ): void {
    const { column, output, scores } = this.#label;
    const right = values[column];
    if (right === null || right === undefined) {
      throw new Error(`the label '${column}' is missing`);
    }
    const told = answers.single(output, index);
    if (this.#needs.classes) {
      this.#rights.push(this.#classes.numberOf(right));
      this.#tolds.push(this.#classes.numberOf(told));
      if (scores) this.#addScores(answers.of(scores, index));
    }
    if (this.#needs.quantities) {
      this.#rightQuantities.push(toNumber(right, `the label '${column}'`));
      this.#toldQuantities.push(toNumber(told, `the output '${output}'`));
    }
    const kept =
      2 * (this.#rights.length + this.#rightQuantities.length) +
      this.#scores.length;
    if (kept > MAX_NUMBERS) {
      throw new ToolError({
        code: 'DATASET_TOO_LARGE',
        message: `The data set has more rows than are kept for metrics (${MAX_NUMBERS} numbers: label, answer and scores); evaluate on a sample of it`,
      });
    }
  }

  #addScores(values: readonly unknown[]): void {
    const numbers = values.map(value => toNumber(value, 'a score'));
    // A single score is the probability of the second class.
    const row = numbers.length === 1 ? [1 - numbers[0], numbers[0]] : numbers;
    this.#width ||= row.length;
    for (const each of row) this.#scores.push(each);
  }

  /** The columns, when all rows are in. */
  finish(): { classes?: Predictions; quantities?: Predictions } {
    return {
      ...(this.#needs.classes && { classes: this.#finishClasses() }),
      ...(this.#needs.quantities && {
        quantities: {
          labels: this.#rightQuantities.values(),
          answers: this.#toldQuantities.values(),
        },
      }),
    };
  }

  #finishClasses(): Predictions {
    const { classes, places } = this.#classes.ordered();
    if (this.#width && this.#width !== classes.length) {
      throw new ToolError({
        code: 'SCORES_DO_NOT_FIT',
        message: `The output '${this.#label.scores}' has ${
          this.#width
        } scores a row, and the data set has the ${
          classes.length
        } classes ${classes.join(
          ', ',
        )}; name all of them in the order of the scores with label.classes`,
      });
    }
    const placed = (column: NumberColumn) =>
      column.values().map(number => places[number]);
    return {
      labels: placed(this.#rights),
      answers: placed(this.#tolds),
      classes,
      ...(this.#width && { scores: this.#scores.values() }),
    };
  }
}

function toNumber(value: unknown, what: string): number {
  const number =
    typeof value === 'string' && !value.trim() ? NaN : Number(value);
  if (Number.isNaN(number) && value !== 'NaN') {
    throw new Error(`${what} is not a number`);
  }
  return number;
}
