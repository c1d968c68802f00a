import type { TemplateExample } from '@backstage/plugin-scaffolder-node';

export const examples: TemplateExample[] = [
  {
    description: 'Evaluate what was registered before',
    example: `steps:
  - id: evaluate
    name: Evaluate
    action: ml:evaluate
    input:
      model: fraud-detector
      version: 1.0.0
`,
  },
];
