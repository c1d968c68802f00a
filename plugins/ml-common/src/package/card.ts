import { z } from 'zod';

const sentence = z.string().min(1).max(8000);

/**
 * `card.yaml`: the model card, in the vocabulary of CycloneDX `modelCard` (1.6).
 * What an accountable reader needs is required: task, at least one metric,
 * users, use cases and limitations.
 * @public
 */
export const cardSchema = z.strictObject({
  modelParameters: z.strictObject({
    approach: z
      .strictObject({
        type: z
          .enum([
            'supervised',
            'unsupervised',
            'reinforcement-learning',
            'semi-supervised',
            'self-supervised',
          ])
          .meta({ description: 'How it learned.', examples: ['supervised'] }),
      })
      .optional(),
    task: z
      .string()
      .min(1)
      .max(200)
      .meta({
        description: 'What it does, in a word or two.',
        examples: ['multi-class classification'],
      }),
    architectureFamily: z
      .string()
      .max(200)
      .meta({
        description: 'Family of the architecture.',
        examples: ['decision tree ensemble'],
      })
      .optional(),
    modelArchitecture: z
      .string()
      .max(200)
      .meta({
        description: 'The architecture itself.',
        examples: ['random forest of 40 trees'],
      })
      .optional(),
    datasets: z
      .array(
        z.strictObject({
          name: z
            .string()
            .min(1)
            .meta({
              description: 'Name of a dataset it was trained or tested on.',
              examples: ['wine'],
            }),
          description: sentence
            .meta({ description: 'What is in it, and how it was split.' })
            .optional(),
          classification: z
            .string()
            .meta({
              description: 'How sensitive the data is.',
              examples: ['public'],
            })
            .optional(),
        }),
      )
      .optional(),
    inputs: z
      .array(
        z.strictObject({
          format: z
            .string()
            .meta({ description: 'Kind of input.', examples: ['tabular'] }),
        }),
      )
      .optional(),
    outputs: z
      .array(
        z.strictObject({
          format: z.string().meta({
            description: 'Kind of output.',
            examples: ['class label'],
          }),
        }),
      )
      .optional(),
  }),
  quantitativeAnalysis: z.strictObject({
    performanceMetrics: z
      .array(
        z.strictObject({
          type: z
            .string()
            .min(1)
            .meta({
              description: 'Name of the metric.',
              examples: ['accuracy'],
            }),
          value: z
            .union([z.string(), z.number()])
            .meta({ description: 'Its value.', examples: [0.97] }),
          slice: z
            .string()
            .meta({
              description: 'The part of the data it was measured on.',
              examples: ['hold-out'],
            })
            .optional(),
          confidenceInterval: z
            .strictObject({
              lowerBound: z.union([z.string(), z.number()]).meta({
                description: 'Lower end of the interval.',
                examples: [0.91],
              }),
              upperBound: z.union([z.string(), z.number()]).meta({
                description: 'Upper end of the interval.',
                examples: [0.99],
              }),
            })
            .optional(),
        }),
      )
      .min(1),
  }),
  considerations: z.strictObject({
    users: z
      .array(sentence)
      .min(1)
      .meta({
        description: 'Who it is made for.',
        examples: [['Quality assurance of the cellar']],
      }),
    useCases: z
      .array(sentence)
      .min(1)
      .meta({
        description: 'What it is made for.',
        examples: [['Check the label of a delivery']],
      }),
    technicalLimitations: z
      .array(sentence)
      .min(1)
      .meta({
        description: 'What it cannot do, and where it fails.',
        examples: [['Knows three cultivars only']],
      }),
    performanceTradeoffs: z
      .array(sentence)
      .meta({ description: 'What was given up for what.' })
      .optional(),
    ethicalConsiderations: z
      .array(
        z.strictObject({
          name: sentence.meta({ description: 'A risk to people.' }),
          mitigationStrategy: sentence
            .meta({ description: 'What is done about it.' })
            .optional(),
        }),
      )
      .optional(),
    fairnessAssessments: z
      .array(
        z.strictObject({
          groupAtRisk: sentence.meta({
            description: 'Who might be treated unfairly.',
          }),
          benefits: sentence
            .meta({ description: 'What the group gains.' })
            .optional(),
          harms: sentence
            .meta({ description: 'What the group might suffer.' })
            .optional(),
          mitigationStrategy: sentence
            .meta({ description: 'What is done about it.' })
            .optional(),
        }),
      )
      .optional(),
  }),
});

/** @public */
export type Card = z.infer<typeof cardSchema>;
