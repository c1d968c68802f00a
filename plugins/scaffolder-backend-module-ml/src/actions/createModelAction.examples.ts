import type { TemplateExample } from '@backstage/plugin-scaffolder-node';

export const examples: TemplateExample[] = [
  {
    description: 'Create a model of the fraud team',
    example: `steps:
  - id: model
    name: Create the model
    action: ml:model:create
    input:
      name: fraud-detector
      description: Tells how likely a payment is fraud.
      owner: group:default/fraud-team
`,
  },
];
