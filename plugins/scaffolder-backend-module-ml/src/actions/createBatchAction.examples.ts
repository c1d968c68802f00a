import type { TemplateExample } from '@backstage/plugin-scaffolder-node';

export const examples: TemplateExample[] = [
  {
    description: 'Predict for each row of a file of the workspace',
    example: `steps:
  - id: predict
    name: Predict
    action: ml:batch:run
    input:
      model: fraud-detector
      environment: production
      input: data/transactions.csv
      output: scores.csv
      keep: [transaction_id]
      maxRejected: 0.5%
`,
  },
  {
    description: 'With an exact version, or the newest of an API version',
    example: `steps:
  - id: predict
    name: Predict
    action: ml:batch:run
    input:
      model: fraud-detector
      version: '2'
      environment: staging
      input: data/transactions.parquet
      output: scores.jsonl
`,
  },
];
