import { placeholder } from '@ml-platform/plugin-ml-common';
import { toYaml } from './toYaml';

/** Writes `card.yaml`: nothing of it can be read from a model. */
export function cardDocument(): string {
  return toYaml(
    {
      modelParameters: {
        task: placeholder(
          'what the model does in a word or two, such as multi-class classification',
        ),
      },
      considerations: {
        users: [placeholder('who the model is made for')],
        useCases: [placeholder('what it is made for')],
        technicalLimitations: [placeholder('what it cannot do or gets wrong')],
      },
      quantitativeAnalysis: {
        performanceMetrics: [
          {
            type: placeholder('the name of a metric, such as accuracy'),
            value: placeholder('its value on data that training never saw'),
          },
        ],
      },
    },
    {
      modelParameters:
        'The model card. All fields, with examples: docs/reference/packaging.md',
    },
  ).trimStart();
}
