import { ToolError } from '@ml-platform/packaging';
import type { Answers } from '../worker/Predictor';

/** The answers for a batch of rows, row by row. */
export class RowAnswers {
  readonly #answers: Answers;
  readonly #rows: number;

  constructor(answers: Answers, rows: number) {
    this.#answers = answers;
    this.#rows = rows;
  }

  /** Values that the model told for a row. */
  of(output: string, row: number): readonly unknown[] {
    const values = this.#answers.get(output);
    if (!values) {
      throw new ToolError({
        code: 'NO_SUCH_OUTPUT',
        message: `The suite names the output '${output}', and the model answers with: ${[
          ...this.#answers.keys(),
        ].join(', ')}`,
      });
    }
    const width = values.length / this.#rows;
    if (!Number.isInteger(width) || width === 0) {
      throw new ToolError({
        code: 'NOT_ROW_BY_ROW',
        message: `The output '${output}' has ${values.length} values for ${
          this.#rows
        } rows; an evaluation needs the same number for each row`,
      });
    }
    return values.slice(row * width, (row + 1) * width);
  }

  /** The only value for a row. */
  single(output: string, row: number): unknown {
    const values = this.of(output, row);
    if (values.length === 1) return values[0];
    throw new ToolError({
      code: 'NOT_ONE_ANSWER',
      message: `The output '${output}' has ${values.length} values a row; label.output must name one with a single answer`,
    });
  }
}
