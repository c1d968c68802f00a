import { placeholder } from '@ml-platform/plugin-ml-common';
import type { Tensors } from './Proposal';
import { toYaml } from './toYaml';

/** Writes `eval/suite.yaml`: the tensors are known, data and thresholds are not. */
export function suiteDocument({ inputs, outputs }: Tensors): string {
  return toYaml(
    {
      apiVersion: 'ml.internal/v1alpha1',
      kind: 'EvaluationSuite',
      datasets: [
        {
          name: 'holdout',
          path: placeholder(
            'the path of a CSV file with rows that training never saw, such as eval/holdout.csv',
          ),
          inputs: inputs.map(({ name }) => ({
            tensor: name,
            columns: [
              placeholder('the columns of this tensor, in its own order'),
            ],
          })),
          label: {
            column: placeholder('the column with the right answer'),
            output: outputs[0].name,
          },
        },
      ],
      metrics: [
        {
          name: placeholder('a name for this metric'),
          type: placeholder('the metric, such as accuracy, f1, mae or r2'),
          dataset: 'holdout',
          threshold: {
            min: placeholder(
              'the number that has to be reached (or write max: for an error)',
            ),
          },
        },
      ],
    },
    {
      datasets:
        'What the model must achieve, on which rows. Judge important slices by themselves,\nas examples/wine-classifier/eval/suite.yaml does.',
    },
  );
}
