import { Text } from '@backstage/ui';
import type {
  EvaluationCheck,
  EvaluationReport,
} from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { evaluationTexts } from '../../evaluationTexts';
import { ScrollRegion } from '../shared';
import shared from '../shared/shared.module.css';
import { QueryView } from '../states';
import classes from './Evaluations.module.css';
import { Plots } from './Plots';

/** The report of one evaluation: each check, and what is drawn of the data sets. */
export function ReportView(props: { id: string }) {
  const query = useMlQuery({
    key: `evaluation:${props.id}`,
    load: api => api.evaluations.get(props.id),
    concerns: () => false,
  });
  return (
    <QueryView query={query}>
      {({ report }) =>
        report ? (
          <Report {...report} />
        ) : (
          <Text as="p">{evaluationTexts.noReport}</Text>
        )
      }
    </QueryView>
  );
}

function Report({ checks, plots }: EvaluationReport) {
  return (
    <>
      <ScrollRegion label={evaluationTexts.report} className={classes.scroll}>
        <table
          className={shared.plainTable}
          aria-label={evaluationTexts.checks}
        >
          <thead>
            <tr>
              {evaluationTexts.checkColumns.map(column => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {checks.map(check => (
              <CheckRow key={`${check.kind}:${check.name}`} {...check} />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      {plots.map(each => (
        <Plots key={each.dataset} plots={each} />
      ))}
    </>
  );
}

function CheckRow(check: EvaluationCheck) {
  const { kind, missedBy, name, rows, threshold, unit, value, verdict } = check;
  const wanted = [
    ...(threshold?.min === undefined ? [] : [`≥ ${threshold.min}`]),
    ...(threshold?.max === undefined ? [] : [`≤ ${threshold.max}`]),
  ].join(', ');
  return (
    <tr>
      <th scope="row" title={check.message}>
        {kind}: {name}
      </th>
      <td>
        {evaluationTexts.verdict[verdict]}
        {missedBy !== undefined &&
          `, ${evaluationTexts.missedBy(short(missedBy))}`}
      </td>
      <td>
        {value === undefined ? '–' : `${short(value)}${unit ? ` ${unit}` : ''}`}
      </td>
      <td>{wanted || '–'}</td>
      <td>{rows ?? '–'}</td>
    </tr>
  );
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
