import type { EvaluationCheck, Suite } from '@ml-platform/plugin-ml-common';
import type { RowAnswers } from './RowAnswers';

type Invariance = Suite['invariance'][number];
type Range = Suite['ranges'][number];

/** Counts how many rows break a rule, as they come. */
abstract class RowCheck {
  protected rows = 0;
  protected violations = 0;
  protected firstRow?: number;

  protected count(isBroken: boolean, rowNumber: number): void {
    this.rows += 1;
    if (!isBroken) return;
    this.violations += 1;
    this.firstRow ??= rowNumber;
  }

  protected verdict(
    allowed: number,
  ): Pick<
    EvaluationCheck,
    'verdict' | 'value' | 'rows' | 'threshold' | 'missedBy'
  > {
    const share = this.rows ? this.violations / this.rows : NaN;
    const passed = share <= allowed;
    return {
      verdict: passed ? 'passed' : 'failed',
      ...(this.rows && { value: share }),
      rows: this.rows,
      threshold: { max: allowed },
      ...(!passed && this.rows && { missedBy: share - allowed }),
    };
  }

  protected get counted(): string {
    if (!this.rows) return 'there are no rows';
    return this.violations
      ? `${this.violations} of ${this.rows} rows break it, the first is row ${this.firstRow}`
      : `all ${this.rows} rows keep it`;
  }
}

/** Does an answer stay as it should when one column changes? */
export class InvarianceCheck extends RowCheck {
  constructor(readonly spec: Invariance) {
    super();
  }

  /** The row with its column changed. */
  changed(
    values: Record<string, unknown>,
    isText: boolean,
  ): Record<string, unknown> {
    const { add, column, multiply, set } = this.spec.change;
    if (!(column in values)) {
      throw new Error(
        `the check '${this.spec.name}' changes the column '${column}', which is not there`,
      );
    }
    const number = Number(values[column]);
    const next = set ?? (add === undefined ? number * multiply! : number + add);
    return { ...values, [column]: isText ? String(next) : next };
  }

  add(
    before: RowAnswers,
    after: RowAnswers,
    at: { index: number; rowNumber: number },
  ): void {
    const { expect, output, tolerance } = this.spec;
    const was = before.of(output, at.index);
    const now = after.of(output, at.index);
    const isBroken = was.some((value, element) => {
      const [a, b] = [Number(value), Number(now[element])];
      if (Number.isNaN(a) || Number.isNaN(b)) return value !== now[element];
      if (expect === 'same') return Math.abs(a - b) > tolerance;
      return expect === 'not-lower' ? b < a - tolerance : b > a + tolerance;
    });
    this.count(isBroken, at.rowNumber);
  }

  finish(): EvaluationCheck {
    const { dataset, maxViolations, name } = this.spec;
    return {
      ...{ kind: 'invariance', name, dataset, ...this.verdict(maxViolations) },
      message: `${name}: ${this.counted}`,
    };
  }
}

/** Do all values of an output lie where they may? */
export class RangeCheck extends RowCheck {
  constructor(readonly spec: Range) {
    super();
  }

  add(answers: RowAnswers, at: { index: number; rowNumber: number }): void {
    const { max = Infinity, min = -Infinity, output } = this.spec;
    const isBroken = answers
      .of(output, at.index)
      .some(value => !(Number(value) >= min && Number(value) <= max));
    this.count(isBroken, at.rowNumber);
  }

  finish(): EvaluationCheck {
    const { dataset, maxViolations, name } = this.spec;
    return {
      ...{ kind: 'range', name, dataset, ...this.verdict(maxViolations) },
      message: `${name}: ${this.counted}`,
    };
  }
}
